// One job on a machine of its own: a fresh home, an empty workspace, its steps in order.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { act, settings, StepFailed } from "./actions.mjs";
import { fields, holds, read } from "./expressions.mjs";

// No step of a test takes longer, whatever the workflow allows it.
const LONGEST = 180_000;

const STEP = [
  "name",
  "id",
  "if",
  "continue-on-error",
  "timeout-minutes",
  "env",
  "run",
  "uses",
  "with",
  "shell",
  "working-directory",
];
const SHELLS = {
  undefined: ["bash", "-e"],
  bash: ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
};

export class Job {
  constructor(run, id, raw) {
    const { request } = run;
    Object.assign(this, { id, raw, request, path: [], steps: {}, exported: {}, failed: false, leaks: [] });
    this.machine = join(request.work, "machines", id);
    [this.home, this.temp, this.workspace] = ["home", "temp", "workspace"].map((name) => join(this.machine, name));
    for (const folder of [this.home, this.temp, this.workspace]) mkdirSync(folder, { recursive: true });
    this.artifacts = join(request.work, "artifacts");
    this.permissions = read(raw.permissions ?? run.root.permissions, {}) ?? {};
    const before = run.scope(id);
    const environment = read(raw.environment, before) ?? "";
    this.environment = environment.name ?? environment;
    const { vars, secrets } = run.settings(this.environment);
    this.token = `ghs_token-of-${id}`;
    const event = join(this.temp, "event.json");
    writeFileSync(event, JSON.stringify(request.payload));
    const github = { ...before.github, job: id, token: this.token, workspace: this.workspace, event_path: event };
    this.scope = { ...before, github, vars, secrets, runner: { os: "Linux", arch: "X64", temp: this.temp } };
    this.scope.status = {
      success: () => !this.failed,
      failure: () => this.failed,
      always: () => true,
      cancelled: () => false,
    };
    this.env = { ...read(run.root.env, this.scope), ...read(raw.env, this.scope) };
    this.defaults = [raw.defaults, run.root.defaults].map((token) => read(fields(token).run, this.scope) ?? {});
    this.hidden = [...Object.values(secrets), this.token];
  }

  // Every step, and what the job hands over: never a secret. The machine is gone after it.
  async run(steps) {
    const told = [];
    for (const [index, item] of [...this.raw.steps].entries())
      told.push(await this.step(index, fields(item), steps[index]));
    rmSync(this.machine, { recursive: true });
    const outputs = Object.entries(read(this.raw.outputs, this.full()) ?? {});
    const open = outputs.filter(([, value]) => value !== "" && !this.hidden.some((secret) => value.includes(secret)));
    const result = this.failed ? "failure" : "success";
    const { environment, permissions, leaks } = this;
    return { result, outputs: Object.fromEntries(open), steps: told, environment, permissions, leaks };
  }

  full(env = {}) {
    const job = { status: this.failed ? "failure" : "success" };
    return { ...this.scope, steps: this.steps, job, env: { ...this.env, ...this.exported, ...env } };
  }

  async step(index, raw, { id, if: condition }) {
    const strange = Object.keys(raw).filter((key) => !STEP.includes(key));
    if (strange.length > 0) throw new Error(`the key ${strange} of a step is not known here`);
    const name = read(raw.name, this.full());
    if (!holds(condition, this.full())) return this.ended(id, name, "skipped", "skipped", "", {});
    const env = read(raw.env, this.full()) ?? {};
    const files = this.files(index);
    const log = join(this.temp, `${index}.log`);
    let good = true;
    try {
      if (raw.uses) writeFileSync(log, act(raw.uses.toString(), read(raw.with, this.full(env)) ?? {}, this));
      else good = await this.shell(index, raw, env, files, log);
      this.path.unshift(...lines(files.GITHUB_PATH).reverse());
      Object.assign(this.exported, settings(files.GITHUB_ENV));
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      writeFileSync(log, error.message, { flag: "a" });
      good = false;
    }
    const goesOn = read(raw["continue-on-error"], this.full(env)) === "true";
    const conclusion = good || goesOn ? "success" : "failure";
    if (conclusion === "failure") this.failed = true;
    const said = readFileSync(log, "utf8") + readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
    const outputs = settings(files.GITHUB_OUTPUT);
    return this.ended(id, name, good ? "success" : "failure", conclusion, said, outputs);
  }

  ended(id, name, outcome, conclusion, log, outputs) {
    this.steps[id] = { outcome, conclusion, outputs };
    if (this.hidden.some((secret) => log.includes(secret))) this.leaks.push(name);
    return { name, outcome, conclusion, outputs, log };
  }

  // The files that a step writes to, empty for each of them.
  files(index) {
    const names = ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"];
    const files = Object.fromEntries(names.map((name) => [name, join(this.temp, `${index}.${name}`)]));
    for (const file of Object.values(files)) writeFileSync(file, "");
    return files;
  }

  async shell(index, raw, env, files, log) {
    const [job, workflow] = this.defaults;
    const shell = SHELLS[read(raw.shell, {}) ?? job.shell ?? workflow.shell];
    if (!shell) throw new Error("the shell of a step is not known here");
    const folder =
      read(raw["working-directory"], this.full(env)) ?? job["working-directory"] ?? workflow["working-directory"];
    const script = join(this.temp, `${index}.sh`);
    writeFileSync(script, read(raw.run, this.full(env)));
    const minutes = Number(read(raw["timeout-minutes"], this.full(env)) ?? 360);
    const options = {
      cwd: resolve(this.workspace, folder ?? "."),
      env: { ...this.variables(), ...this.env, ...this.exported, ...env, ...files },
      limit: Math.min(LONGEST, minutes * 60_000),
    };
    return bounded([...shell, script], options, log);
  }

  // What a runner sets, from the context of the same names.
  variables() {
    const github = Object.entries(this.scope.github).filter(([name]) => !["token", "event"].includes(name));
    return {
      ...this.request.variables,
      ...Object.fromEntries(github.map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, String(value)])),
      CI: "true",
      GITHUB_ACTIONS: "true",
      HOME: this.home,
      PATH: [...this.path, this.request.path].join(":"),
      RUNNER_OS: "Linux",
      RUNNER_TEMP: this.temp,
    };
  }
}

const lines = (file) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");

// The process that runs now, for who ends this one.
let current = null;

export function stop() {
  if (current !== null) end(current);
}

function end(group) {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

// Runs a command in a process group of its own, which ends with it or with its time.
function bounded([program, ...words], { cwd, env, limit }, log) {
  const output = openSync(log, "w");
  const child = spawn(program, words, { cwd, env, detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  current = child.pid;
  const timer = setTimeout(() => end(child.pid), limit);
  return new Promise((settle, fail) => {
    child.on("error", fail);
    child.on("exit", (code) => {
      clearTimeout(timer);
      end(child.pid);
      current = null;
      settle(code === 0);
    });
  });
}
