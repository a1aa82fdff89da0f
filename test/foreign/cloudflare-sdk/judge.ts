/** The verdict of the SDK's types on recorded requests and answers. */
import { isMap } from "../../../hub/values/maps.ts";
import type { Compiler, TypeProblem } from "./compiler.ts";
import { MISSING, type Typed } from "./module-text.ts";
import { OPERATIONS, operationOf, pathParams } from "./operations.ts";
import type { Exchange } from "./recorder.ts";

/** A recorded value with the type that its operation demands. */
export interface Recorded extends Typed {
  readonly side: "request" | "answer";
  readonly operation: string;
}

/** The request and the answer of an exchange. A request that Cloudflare refuses over its content has no type. */
export function recorded(exchange: Exchange): Recorded[] {
  const operation = operationOf(exchange.method, exchange.path);
  const types = OPERATIONS[operation ?? ""];
  if (operation === undefined || types === undefined)
    throw new Error(`no operation: ${exchange.method} ${exchange.path}`);
  const answer = {
    side: "answer",
    operation,
    type: answerType(operation, exchange.status),
    value: exchange.answer,
  } as const;
  if (exchange.status === 400) return [answer];
  return [{ side: "request", operation, type: types.params, value: paramsOf(operation, exchange) }, answer];
}

/** The type of an answer with a status: each operation answers 200 alone if it succeeds. */
export function answerType(operation: string, status: number): string {
  return status === 200 ? (OPERATIONS[operation]?.answer ?? "never") : "Refusal";
}

/** The parameters as the SDK's caller gives them: those of the path, the query and the body in one object. */
function paramsOf(operation: string, { path, query, body }: Exchange): unknown {
  const { account_id, zone_id } = pathParams(operation, path) ?? {};
  const params: Record<string, unknown> = { ...(account_id && { account_id }), ...(zone_id && { zone_id }) };
  for (const [name, text] of query) {
    const [outer = "", inner] = name.split(".");
    const value = /^(?:true|false|\d+)$/.test(text) ? JSON.parse(text) : text;
    params[outer] = inner === undefined ? value : { [inner]: value };
  }
  return { ...params, ...(isMap(body) && body) };
}

/** The verdict on recorded values. */
export interface Judged {
  /** The members that lack their type, each once. */
  readonly differing: readonly string[];
  /** The same values without these members. */
  readonly clean: readonly Recorded[];
}

/** A limit for the rounds: the compiler names only the first wrong member of an object. */
const MOST_ROUNDS = 20;

/** Asks the compiler until it finds nothing more, and takes away what it has found. */
export function judge(compiler: Compiler, values: readonly Recorded[]): Judged {
  const clean = values.map((value) => ({ ...value, value: structuredClone(value.value) }));
  const differing = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const problems = compiler.problems(clean);
    if (problems.length === 0) return { differing: [...differing], clean };
    for (const problem of problems) {
      const { side, value } = clean[problem.index] ?? { side: "answer", value: undefined };
      for (const path of membersOf(problem)) differing.add(`${side}: ${nameOf(path)}`);
      correct(value, problem);
    }
  }
  throw new Error(`the compiler still finds members after ${MOST_ROUNDS} rounds: ${[...differing].join("; ")}`);
}

/** A member's name, without the envelope and without its place in a list. */
export function nameOf(path: TypeProblem["path"]): string {
  const names = path.filter((part) => typeof part === "string");
  return (names[0] === "result" && names.length > 1 ? names.slice(1) : names).join(".");
}

/** The members that a problem is about: those that are missing, or the one that is wrong. */
function membersOf({ path, message }: TypeProblem): TypeProblem["path"][] {
  const lacking = missingNames(message);
  return lacking.length === 0 ? [path] : lacking.map((name) => [...path, name]);
}

function missingNames(message: string): string[] {
  const one = /^Property '(.+?)' is missing/.exec(message)?.[1];
  const several = /is missing the following properties from type .*?: (.*?)(?:, and \d+ more)?\.?$/.exec(message)?.[1];
  return one === undefined ? (several?.split(", ") ?? []) : [one];
}

function correct(root: unknown, { path, message }: TypeProblem): void {
  const lacking = missingNames(message);
  if (lacking.length > 0) {
    const object = memberAt(root, path);
    for (const name of lacking) Reflect.set(object, name, MISSING);
    return;
  }
  const last = path.at(-1);
  if (last === undefined) throw new Error(`the whole value lacks its type: ${message}`);
  Reflect.deleteProperty(memberAt(root, path.slice(0, -1)), last);
}

function memberAt(root: unknown, path: TypeProblem["path"]): object {
  const found = path.reduce<unknown>((value, part) => (isObject(value) ? Reflect.get(value, part) : undefined), root);
  if (!isObject(found)) throw new Error(`there is no object at ${path.join(".")}`);
  return found;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
