#!/usr/bin/env node
// check-azure.mjs FILE...: Microsoft's Azure Pipelines language service, fed with the
// schema of the service that check-jsonschema carries. Every diagnostic is a finding.
// Prints `FILE:LINE:COL: message` per finding; exit 0 none, 1 findings, 2 own problem.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const tools = resolve(process.env.GATEWRIGHT_TOOLS ?? fileURLToPath(new URL("../../target/tools", import.meta.url)));

// The service chats on standard output, which belongs to the findings.
console.log = () => {};

async function main(files) {
  if (files.length === 0) throw new Error("usage: check-azure.mjs FILE...");
  const service = createRequire(join(tools, "node/"))("azure-pipelines-language-service");
  const schema = readFileSync(schemaPath(), "utf8");

  const check = async (path, text) => {
    // The service resolves references inside the schema object it is given, so each
    // file gets a fresh one; it must be an object: text would silently check nothing.
    const language = service.getLanguageService(
      async () => JSON.parse(schema),
      [],
      async () => "file:///service-schema.json",
    );
    language.configure({ validate: true });
    const yaml = service.parse(text);
    if (yaml.documents.length === 0)
      return [{ range: { start: { line: 0, character: 0 } }, message: "no YAML document" }];
    const document = service.TextDocument.create(pathToFileURL(resolve(path)).href, "azure-pipelines", 1, text);
    return language.doValidation(document, yaml);
  };

  const canary = await check("canary.yml", "jobs:\n  - job: A\n    nonsense: true\n");
  if (canary.length === 0) throw new Error("the language service found nothing wrong with a broken pipeline");

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

// The folder below lib/ carries the version of Python.
function schemaPath() {
  const lib = join(tools, "lint/lib");
  const python = readdirSync(lib).find((name) => name.startsWith("python3."));
  if (python === undefined) throw new Error(`no Python below ${lib}: run tests/tools/provision`);
  return join(lib, python, "site-packages/check_jsonschema/builtin_schemas/vendor/azure-pipelines.json");
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`check-azure: ${error.message}\n`);
  process.exitCode = 2;
}
