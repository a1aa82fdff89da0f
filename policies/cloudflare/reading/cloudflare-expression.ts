/**
 * Decides whether one of Cloudflare's rule expressions can match a request. A part that this module does not know has no truth value; it is never
 * guessed. Source: https://developers.cloudflare.com/ruleset-engine/rules-language/
 */
import { type Expression, parseExpression } from "./cloudflare-syntax.ts";

/** A request whose host and path are known but whose source address is not. */
export interface KnownRequest {
  readonly host: string;
  readonly path: string;
}

/** Fields, headers and lists that depend on where a request comes from. */
const BY_ADDRESS =
  /\bip\.|\$[a-z_]|forwarded|cf-connecting-ip|true-client-ip|x-real-ip|x-client-ip|cf\.(threat_score|client)/i;

/** Whether an expression reads a request's address, or a list, which may hold addresses. */
export function readsAddress(expression: string): boolean {
  return BY_ADDRESS.test(expression);
}

/** Whether an expression may match a request: false only if it surely does not. An expression that cannot be read may match. */
export function mayMatch(expression: string, request: KnownRequest): boolean {
  const parsed = parseExpression(expression);
  return parsed === undefined || truthOf(parsed, request) !== false;
}

/** True, false, or undefined if it depends on something unknown. */
function truthOf(expression: Expression, request: KnownRequest): boolean | undefined {
  if (expression.kind === "not") {
    const value = truthOf(expression.operand, request);
    return value === undefined ? undefined : !value;
  }
  if (expression.kind === "comparison") return compare(expression, request);
  const [left, right] = [truthOf(expression.left, request), truthOf(expression.right, request)];
  if (expression.kind === "and") return left === false || right === false ? false : left && right;
  if (expression.kind === "or") return left === true || right === true ? true : left === undefined ? undefined : right;
  return left === undefined || right === undefined ? undefined : left !== right;
}

type Comparison = Extract<Expression, { kind: "comparison" }>;

function compare({ field, operator, values }: Comparison, request: KnownRequest): boolean | undefined {
  const found = fieldValue(field, request);
  const tests = values.map((value) => testOf(operator, value));
  if (found === undefined || tests.length === 0 || tests.includes(undefined)) return undefined;
  const isTrue = tests.some((test) => test?.(found));
  return operator === "ne" || operator === "!=" ? !isTrue : isTrue;
}

function fieldValue(field: string, { host, path }: KnownRequest): string | undefined {
  const inner = /^(lower|upper)\((.*)\)$/.exec(field);
  if (inner !== null) {
    const value = fieldValue(inner[2] ?? "", { host, path });
    return inner[1] === "lower" ? value?.toLowerCase() : value?.toUpperCase();
  }
  if (field === "http.host") return host;
  return /^(raw\.)?http\.request\.uri\.path$/.test(field) ? path : undefined;
}

function testOf(operator: string, value: string): ((found: string) => boolean) | undefined {
  switch (operator) {
    case "eq":
    case "==":
    case "ne":
    case "!=":
    case "in":
      return (found) => found === value;
    case "contains":
      return (found) => found.includes(value);
    case "starts_with":
      return (found) => found.startsWith(value);
    case "ends_with":
      return (found) => found.endsWith(value);
    case "wildcard":
    case "strict wildcard":
      return wildcard(value, operator === "wildcard" ? "i" : "");
    default:
      return undefined;
  }
}

/** `*` matches any text. A pattern with an escape has no answer. Source: the rules language's page "Operators and grouping symbols". */
function wildcard(pattern: string, flags: string): ((found: string) => boolean) | undefined {
  if (pattern.includes("\\")) return undefined;
  const escaped = pattern.replace(/[.+?^${}()|[\]]/g, "\\$&").replaceAll("*", "[\\s\\S]*");
  const whole = new RegExp(`^${escaped}$`, flags);
  return (found) => whole.test(found);
}
