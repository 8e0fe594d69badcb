// GitHub's own parser of workflows and evaluator of expressions, and what they are asked here.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const tools = process.env.GATEWRIGHT_TOOLS ?? fileURLToPath(new URL("../../../target/tools", import.meta.url));
const service = createRequire(import.meta.url)(join(resolve(tools), "node/github-language-service.cjs"));
const { Evaluator, Lexer, Parser, data } = service.expressions;
const { isBasicExpression, isLiteral, isMapping, isSequence } = service.workflows;

const CONTEXTS = [
  "github",
  "env",
  "vars",
  "secrets",
  "needs",
  "job",
  "runner",
  "steps",
  "inputs",
  "strategy",
  "matrix",
];
const STATUS = ["success", "failure", "always", "cancelled"];

// A workflow as GitHub reads it. Its jobs' conditions have the `success()` that GitHub adds.
export async function parse(name, content) {
  const trace = new service.workflows.NoOperationTraceWriter();
  const { context, value } = service.workflows.parseWorkflow({ name, content }, trace);
  const errors = context.errors.getErrors().map((error) => error.message);
  if (errors.length === 0) {
    const template = await service.workflows.convertWorkflowTemplate(context, value);
    if (!template.errors) return { ...template, root: fields(value) };
    errors.push(...template.errors.map((error) => error.Message));
  }
  throw new Error(`GitHub refuses ${name}: ${errors.join("; ")}`);
}

// The keys of a mapping with their tokens, unread.
export function fields(token) {
  const entries = token ? [...token].map(({ key, value }) => [key.toString(), value]) : [];
  return Object.fromEntries(entries);
}

// What an expression gives. A scope holds the contexts, and what the status functions say.
function evaluate(expression, scope) {
  const functions = STATUS.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(scope.status[name]()),
  }));
  const contexts = Object.fromEntries(CONTEXTS.map((name) => [name, scope[name] ?? {}]));
  const known = JSON.parse(JSON.stringify(contexts), data.reviver);
  const tree = new Parser(new Lexer(expression).lex().tokens, CONTEXTS, functions).parse();
  return new Evaluator(tree, known, new Map(functions.map((entry) => [entry.name, entry]))).evaluate();
}

// Whether a condition holds; what counts as true is for the evaluator to say.
export const holds = (condition, scope) => !evaluate(`!(${condition.expression})`, scope).value;

// A value of a workflow, with every expression in it evaluated: text, a list, or an object.
export function read(token, scope) {
  if (token === undefined) return undefined;
  if (isBasicExpression(token)) return evaluate(token.expression, scope).coerceString();
  if (isLiteral(token)) return token.toString();
  if (isSequence(token)) return [...token].map((item) => read(item, scope));
  if (!isMapping(token)) throw new Error(`${token.typeName()} is not known here`);
  return Object.fromEntries(Object.entries(fields(token)).map(([key, value]) => [key, read(value, scope)]));
}
