/**
 * Go's own `regexp` as the judge of the loopback's matching. cloudflared 2026.8.2 compiles a rule's path with it, and matches the decoded path of a
 * request (https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/rule.go).
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checkIngress } from "../../../loopback/cloudflare/ingress-check.ts";
import { matchIngress } from "../../../loopback/hosts/ingress-match.ts";
import { sized } from "../../support/test-form.ts";
import { lacking, settle } from "../verdict.ts";
import { arbitraryCase, type ExpressionCase, FIXED_CASES } from "./expressions.ts";
import { type Answer, askGo, HAS_GO } from "./go.ts";

const RULE = "http://localhost:1";
const CATCH_ALL = { service: "http_status:404" };

/** The matches of an expression in the loopback, or the reason why its API refuses it. */
function ours({ expression, paths }: ExpressionCase): readonly boolean[] | string {
  const ingress = [{ hostname: "a.example", path: expression, service: RULE }, CATCH_ALL];
  try {
    checkIngress({ ingress });
  } catch (error) {
    return String(error);
  }
  return paths.map((path) => matchIngress(ingress, "a.example", path)?.service === RULE);
}

/** The name of a difference, or undefined if both decide the same. Refusals of one kind have one name. */
function difference(tried: ExpressionCase, go: Answer): string | undefined {
  // An empty path is no filter, so cloudflared compiles no expression.
  if (tried.expression === "") return undefined;
  const found = ours(tried);
  if (typeof found !== "string") {
    return JSON.stringify(found) === JSON.stringify(go.matches)
      ? undefined
      : `decides ${JSON.stringify(tried.expression)}`;
  }
  if (go.error !== undefined) return undefined;
  const [, kind, given = ""] = /error parsing regexp: (.*?): `(.*)`$/s.exec(found) ?? [undefined, found];
  return `refuses ${/^\\p/i.test(given) ? "the name of a class of characters" : kind}`;
}

const question = ({ expression, paths }: ExpressionCase) => ({
  Expression: expression,
  Paths: paths.map((path) => Buffer.from(path).toString("base64")),
});

/** Go's answers about random expressions, and about one of each kind. */
function judged(count: number): (readonly [ExpressionCase, Answer])[] {
  const cases = [...FIXED_CASES, ...fc.sample(arbitraryCase, count)];
  const answers = askGo(cases.map(question));
  return cases.map((tried, index) => [tried, answers[index] ?? {}]);
}

test.skipIf(!HAS_GO)(`the loopback matches a rule's path as Go does${lacking("Go 1.26", HAS_GO)}`, () => {
  const cases = judged(sized(4_000, 100_000));
  const differences = cases.flatMap(([tried, go]) => difference(tried, go) ?? []);
  const refused = cases.filter(([, { error }]) => error !== undefined);
  expect(refused.length).toBeLessThan(cases.length / 2);
  const counted = Map.groupBy(differences, (kind) => kind);
  for (const [kind, { length }] of counted) process.stdout.write(`Go's regexp: ${kind}: ${length}\n`);
  settle("Go's regexp", { tried: cases.length, differing: differences });
});

test.skipIf(!HAS_GO)(`a rule that is decided otherwise than by Go is found${lacking("Go 1.26", HAS_GO)}`, () => {
  const tried = (expression: string, path: string): ExpressionCase => ({ expression, paths: [Buffer.from(path)] });
  const [go] = askGo([question(tried("^/voice$", "/voice"))]);
  expect(go).toEqual({ matches: [true] });
  expect(difference(tried("^/voice$", "/voice"), go ?? {})).toBeUndefined();
  expect(difference(tried("^/voice$", "/voice/"), go ?? {})).toBe('decides "^/voice$"');
  expect(difference(tried("^/(?=voice)", "/voice"), go ?? {})).toContain("refuses");
  expect(difference(tried("^/voice$", "/voice"), { error: "refused by Go" })).toBe('decides "^/voice$"');
});
