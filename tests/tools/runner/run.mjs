#!/usr/bin/env node
// run.mjs REQUEST.json: runs a generated workflow on this machine as GitHub would, and prints what
// became of it as JSON. GitHub's own parser reads the workflow and its evaluator evaluates every
// expression; scripts run in the shell that the workflow names; actions are stood in for.
// What is not known here, from a key of a job to an action, ends the run with exit 2.
//
// A request names the workflow (its name and text), the event (event, ref, sha, payload), the
// repository (a folder), its settings (of the repository under "", and of each environment), and
// the machine (work, path, python, uv, variables).
import { readFileSync } from "node:fs";

import { started } from "./events.mjs";
import { fields, holds, parse, read } from "./expressions.mjs";
import { Job, stop } from "./job.mjs";

const WORKFLOW = ["name", "on", "permissions", "concurrency", "env", "defaults", "jobs"];
const JOB = [
  "name",
  "if",
  "needs",
  "runs-on",
  "timeout-minutes",
  "environment",
  "permissions",
  "env",
  "defaults",
  "outputs",
  "steps",
];

function only(what, raw, known) {
  const strange = Object.keys(raw).filter((key) => !known.includes(key));
  if (strange.length > 0) throw new Error(`the key ${strange} of ${what} is not known here`);
}

class Run {
  constructor(workflow, request, inputs) {
    Object.assign(this, { request, inputs, root: workflow.root, jobs: {}, needs: {} });
    only("a workflow", workflow.root, WORKFLOW);
    for (const job of workflow.jobs) this.needs[job.id.value] = (job.needs ?? []).map((need) => need.value);
  }

  // What GitHub knows before a job begins.
  scope(id) {
    const needs = this.needs[id].map((need) => [need, this.jobs[need]]);
    const results = this.before(id).map((job) => this.jobs[job].result);
    return {
      github: github(this.request, read(this.root.name, {})),
      inputs: this.inputs,
      vars: this.settings("").vars,
      needs: Object.fromEntries(needs.map(([name, { result, outputs }]) => [name, { result, outputs }])),
      status: {
        success: () => results.every((result) => result === "success"),
        failure: () => results.includes("failure"),
        always: () => true,
        cancelled: () => false,
      },
    };
  }

  // All that a job waits for, and all that those wait for: GitHub asks about each of them.
  before(id) {
    return [...new Set(this.needs[id].flatMap((need) => [need, ...this.before(need)]))];
  }

  settings(environment) {
    const [of, all] = [this.request.settings[environment], this.request.settings[""]];
    return { vars: { ...all?.vars, ...of?.vars }, secrets: { ...all?.secrets, ...of?.secrets } };
  }

  async run(job) {
    const id = job.id.value;
    const raw = fields(fields(this.root.jobs)[id]);
    only(`the job ${id}`, raw, JOB);
    const skipped = { result: "skipped", outputs: {}, steps: [], environment: "", permissions: {}, leaks: [] };
    this.jobs[id] = holds(job.if, this.scope(id)) ? await new Job(this, id, raw).run(job.steps) : skipped;
  }
}

function github(request, workflow) {
  const { event, ref, sha, payload, api } = request;
  const [, kind, name] = /^refs\/(heads|tags|pull)\/(.+)$/.exec(ref);
  return {
    actor: "ana",
    api_url: api,
    base_ref: payload.pull_request?.base.ref ?? "",
    event: payload,
    event_name: event,
    head_ref: payload.pull_request?.head.ref ?? "",
    ref,
    ref_name: name,
    ref_type: kind === "tags" ? "tag" : "branch",
    repository: payload.repository.full_name,
    repository_owner: payload.repository.owner.login,
    run_attempt: "1",
    run_id: request.run_id,
    run_number: "1",
    server_url: "https://github.com",
    sha,
    triggering_actor: "ana",
    workflow,
  };
}

async function main(file) {
  const request = JSON.parse(readFileSync(file, "utf8"));
  const workflow = await parse(request.name, request.text);
  const inputs = started(workflow.events, request);
  if (inputs === null) throw new Error(`the event ${request.event} does not start ${request.name}`);
  const run = new Run(workflow, request, inputs);
  const scope = { github: github(request, read(run.root.name, {})), inputs };
  const concurrency = read(run.root.concurrency, scope);
  for (let waiting = workflow.jobs; waiting.length > 0;) {
    const ready = waiting.find((job) => run.needs[job.id.value].every((need) => run.jobs[need]));
    await run.run(ready);
    waiting = waiting.filter((job) => job !== ready);
  }
  const failed = Object.values(run.jobs).some((job) => job.result === "failure");
  process.stdout.write(JSON.stringify({ conclusion: failed ? "failure" : "success", concurrency, jobs: run.jobs }));
}

process.on("SIGTERM", () => {
  stop();
  process.exit(143);
});
try {
  await main(process.argv[2]);
} catch (error) {
  process.stderr.write(`run: ${error.stack}\n`);
  process.exitCode = 2;
}
