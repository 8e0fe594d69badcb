#!/usr/bin/env node
// check-github.mjs FILE...: GitHub's own workflow parser and language service.
// Prints `FILE:LINE:COL: message` per finding; exit 0 none, 1 findings, 2 own problem.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const tools = resolve(process.env.GATEWRIGHT_TOOLS ?? fileURLToPath(new URL("../../target/tools", import.meta.url)));

async function main(files) {
  if (files.length === 0) throw new Error("usage: check-github.mjs FILE...");
  const { validate, registerLogger, TextDocument } = await import(
    pathToFileURL(join(tools, "node/github-language-service.cjs")).href
  );

  // The service swallows its own crashes into the log and then reports no findings.
  const fail = (message) => {
    throw new Error(message);
  };
  const crashes = [];
  registerLogger({ log() {}, info() {}, warn: (text) => crashes.push(text), error: (text) => crashes.push(text) });

  const check = async (path, text) => {
    // The service takes a file for a workflow or an action by its path.
    const uri = pathToFileURL(resolve(path)).href;
    const findings = await validate(TextDocument.create(uri, "yaml", 1, text), { fileProvider: localFiles(path) });
    if (crashes.length > 0) fail(`the language service failed on ${path}: ${crashes.join("; ")}`);
    const lines = text.split("\n");
    return findings.filter(({ range, message }) => message !== NOT_FOUND || isLocal(lines[range.start.line]));
  };

  const canary = await check("canary.yml", "on: push\njobs: {a: {runs-on: x, needs: [b], steps: [{run: x}]}}\n");
  if (canary.length === 0) fail("the language service found nothing wrong with a broken workflow");

  let clean = true;
  for (const file of files) {
    for (const { range, message } of await check(file, readFileSync(file, "utf8"))) {
      const { line, character } = range.start;
      process.stdout.write(`${file}:${line + 1}:${character + 1}: ${message.replace(/\s*\n\s*/g, " ")}\n`);
      clean = false;
    }
  }
  return clean ? 0 : 1;
}

// Reusable workflows of the same repository are read, so that what is passed to them is
// checked too. Those of other repositories are out of reach, which is not a finding.
function localFiles(path) {
  const root = resolve(path).replace(/[/\\]\.github[/\\].*$/, "");
  return {
    async getFileContent(reference) {
      if ("repository" in reference) throw new Error("out of reach");
      return { name: reference.path, content: readFileSync(join(root, reference.path), "utf8") };
    },
  };
}

const NOT_FOUND = "Unable to find reusable workflow";
const isLocal = (line) => /uses:\s*["']?[.$]\//.test(line);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`check-github: ${error.message}\n`);
  process.exitCode = 2;
}
