// Whether an event starts a workflow, and with which inputs.

// A pattern of branches or tags, as far as it is played here.
function matches(pattern, name) {
  if (/[^\w\-./*]/.test(pattern)) throw new Error(`the pattern ${pattern} is not known here`);
  const expression = pattern
    .replaceAll(".", "\\.")
    .replaceAll("**", "\0")
    .replaceAll("*", "[^/]*")
    .replaceAll("\0", ".*");
  return new RegExp(`^${expression}$`).test(name);
}

function only(config, known) {
  const strange = Object.keys(config).filter((key) => !known.includes(key));
  if (strange.length > 0) throw new Error(`the filter ${strange} is not known here`);
}

function pushed(config, ref) {
  only(config, ["branches", "tags"]);
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref);
  const [mine, other] = kind === "heads" ? [config.branches, config.tags] : [config.tags, config.branches];
  // Where only the other kind is named, this one is left out.
  return mine ? mine.some((pattern) => matches(pattern, name)) : !other;
}

function asked(config, given) {
  const inputs = {};
  const wanted = config.inputs ?? {};
  only(given, Object.keys(wanted));
  for (const [name, { type, required, options, default: other }] of Object.entries(wanted)) {
    const value = given[name] ?? other ?? "";
    if (required && value === "") throw new Error(`the input ${name} is required`);
    if (type === "choice" && !options.includes(value)) throw new Error(`${value} is no choice of ${name}`);
    inputs[name] = value;
  }
  return inputs;
}

// The inputs of a run, or null where the event starts none.
export function started(events, { event, ref, payload }) {
  const config = events[event];
  if (!config) return null;
  switch (event) {
    case "push":
      return pushed(config, ref) ? {} : null;
    case "workflow_dispatch":
      return asked(config, payload.inputs);
    case "pull_request":
      only(config, []);
      return ["opened", "synchronize", "reopened"].includes(payload.action) ? {} : null;
    default:
      throw new Error(`the event ${event} is not known here`);
  }
}
