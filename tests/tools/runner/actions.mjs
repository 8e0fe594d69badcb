// What stands in for each action that a generated workflow uses: it does the same thing on this
// machine. An action or an input that is not known here ends the run.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { basename, join, resolve } from "node:path";

// The step fails, as it would on GitHub; any other error is one of this runner.
export class StepFailed extends Error {}

const ACTIONS = {
  "actions/checkout": { inputs: ["fetch-depth", "persist-credentials"], act: checkout },
  "actions/setup-python": { inputs: ["python-version"], act: setupPython },
  "astral-sh/setup-uv": { inputs: ["enable-cache"], act: setupUv },
  "actions/upload-artifact": { inputs: ["name", "path", "if-no-files-found"], act: upload },
  "actions/download-artifact": { inputs: ["name", "path"], act: download },
};

// Runs an action; what it says is its log.
export function act(uses, inputs, job) {
  const [, name] = /^([\w.-]+\/[\w.-]+)@[0-9a-f]{40}$/.exec(uses) ?? [];
  const action = ACTIONS[name];
  if (!action) throw new Error(`the action ${uses} is not known here`);
  const strange = Object.keys(inputs).filter((input) => !action.inputs.includes(input));
  if (strange.length > 0) throw new Error(`the input ${strange} of ${name} is not known here`);
  return action.act(inputs, job);
}

function checkout(inputs, job) {
  if (job.permissions.contents === undefined) throw new StepFailed("not permitted to read the repository");
  if (inputs["persist-credentials"] !== "false") throw new StepFailed("a token would stay behind");
  const { repository, sha, ref } = job.request;
  const git = (...words) => execFileSync("git", words, { cwd: job.workspace, encoding: "utf8", timeout: 60_000 });
  git("init", "--quiet", "--initial-branch=none", ".");
  git("remote", "add", "origin", `file://${repository}`);
  const depth = inputs["fetch-depth"] ?? "1";
  git(
    "fetch",
    "--quiet",
    "--no-tags",
    ...(depth === "0" ? [] : [`--depth=${depth}`]),
    "origin",
    `+${sha}:refs/remotes/${ref}`,
  );
  git("checkout", "--quiet", "--detach", sha);
  return `checked out ${sha}`;
}

function setupPython(inputs, job) {
  const said = execFileSync(join(job.request.python, "python"), ["--version"], { encoding: "utf8" });
  if (!said.startsWith(`Python ${inputs["python-version"]}.`)) throw new StepFailed(`there is only ${said}`);
  job.path.unshift(job.request.python);
  return said;
}

// A folder of its own: that of uv's environment has a Python, too.
function setupUv(inputs, job) {
  if (inputs["enable-cache"] !== "false") throw new Error("a cache of uv is not known here");
  const folder = join(job.temp, "uv");
  mkdirSync(folder);
  symlinkSync(join(job.request.uv, "uv"), join(folder, "uv"));
  job.path.unshift(folder);
  return "uv is on the path";
}

function upload(inputs, job) {
  if (/[*?[\]!\n]/.test(inputs.path)) throw new Error(`the path ${inputs.path} is not known here`);
  const source = resolve(job.workspace, inputs.path);
  const artifact = join(job.artifacts, inputs.name);
  if (existsSync(artifact)) throw new StepFailed(`there is an artifact ${inputs.name}`);
  const files = found(source);
  if (files.length > 0) {
    mkdirSync(artifact, { recursive: true });
    for (const [from, to] of files) cpSync(from, join(artifact, to), { recursive: true });
    return `kept ${files.length} in ${inputs.name}`;
  }
  if (inputs["if-no-files-found"] === "error") throw new StepFailed(`no files at ${inputs.path}`);
  return `no files at ${inputs.path}`;
}

// The files of a folder, without those that hide, or a file alone.
function found(source) {
  if (!existsSync(source)) return [];
  if (statSync(source).isFile()) return [[source, basename(source)]];
  const visible = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((file) => [file, file.slice(source.length).replace(/^\/+/, "")]);
  return visible.filter(([, to]) => !to.split("/").some((part) => part.startsWith(".")));
}

function download(inputs, job) {
  const artifact = join(job.artifacts, inputs.name);
  if (!existsSync(artifact)) throw new StepFailed(`no artifact ${inputs.name}`);
  cpSync(artifact, resolve(job.workspace, inputs.path ?? "."), { recursive: true });
  return `fetched ${inputs.name}`;
}

// What a step wrote for the steps after it: `name=value`, or lines between delimiters.
export function settings(file) {
  const values = {};
  const lines = readFileSync(file, "utf8").split("\n");
  while (lines.length > 0) {
    const line = lines.shift();
    if (line === "") continue;
    const [, name, many, value] = /^([^=<]+)(?:<<(.+)|=(.*))$/s.exec(line) ?? [];
    if (name === undefined) throw new StepFailed(`invalid format: ${line}`);
    values[name] = many === undefined ? value : until(lines, many);
  }
  return values;
}

function until(lines, delimiter) {
  const end = lines.indexOf(delimiter);
  if (end < 0) throw new StepFailed(`no delimiter ${delimiter}`);
  return lines
    .splice(0, end + 1)
    .slice(0, -1)
    .join("\n");
}
