/** The problems of a tunnel's ingress. All handlers on the tunnel share it, and it is replaced as a whole. */
import { shownText } from "../values/shown-text.ts";
import { coversRule } from "./covered-rules.ts";
import { goExpression } from "./go-expression.ts";
import { CATCH_ALL, type IngressSource, ingressRules, siblingRules } from "./ingress.ts";
import { isCatchAll } from "./live-tunnel.ts";
import { type AnyRule, type NormalRule, normalRule, ruleText } from "./normal-rule.ts";

/** A problem, with the index of its rule in the list. A missing rule has no index. */
export interface IngressProblem {
  readonly index?: number;
  readonly problem: string;
}

/** Every problem of a list of ingress rules, in the order of the list, and then the missing rules. */
export function ingressProblems(manifest: IngressSource, given: readonly AnyRule[]): IngressProblem[] {
  const rules = given.map(normalRule);
  const expected = ingressRules(manifest);
  const siblings = siblingRules(manifest).map(ruleText);
  const found = rules.map(ruleText);
  const known = new Set(expected.map(ruleText));
  return [
    ...catchAllProblems(rules),
    ...rules.flatMap((rule, index) =>
      known.has(ruleText(rule)) || isCatchAll(rule)
        ? []
        : [
            {
              index,
              problem: `${line(rule)} is neither the hub's rule nor exactly a declared sibling's (hub:siblings)`,
            },
          ],
    ),
    ...expressionProblems(rules),
    ...shadowProblems(rules),
    ...expected
      .filter((rule) => !found.includes(ruleText(rule)))
      .map((rule) => ({
        problem: `${line(rule)} is missing or changed: it is ${siblings.includes(ruleText(rule)) ? "a sibling's (hub:siblings)" : "the hub's"}`,
      })),
  ];
}

/** cloudflared accepts an ingress only if its last rule, and no other, takes everything. */
function catchAllProblems(rules: readonly NormalRule[]): IngressProblem[] {
  const last = rules.at(-1);
  const early = rules.slice(0, -1).flatMap((rule, index) => (isCatchAll(rule) ? [index] : []));
  return [
    ...early.map((index) => ({
      index,
      problem: "is a catch-all before the last rule, so the rules after it are never reached",
    })),
    ...(last !== undefined && isCatchAll(last)
      ? []
      : [{ problem: `the last rule is not a catch-all; end with ${JSON.stringify(CATCH_ALL)}` }]),
  ];
}

/** Cloudflare refuses the whole ingress if one expression is not Go's. */
function expressionProblems(rules: readonly NormalRule[]): IngressProblem[] {
  return rules.flatMap((rule, index) =>
    rule.path === undefined || goExpression(rule.path) !== undefined
      ? []
      : [
          {
            index,
            problem: `${line(rule)} has a path that is not a Go regular expression, so Cloudflare refuses the ingress`,
          },
        ],
  );
}

function shadowProblems(rules: readonly NormalRule[]): IngressProblem[] {
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index).findIndex((other) => !isCatchAll(other) && coversRule(other, rule));
    if (earlier === -1) return [];
    return [
      {
        index,
        problem: `${line(rule)} is never reached: rule ${earlier} takes all its requests; put it before that one`,
      },
    ];
  });
}

function line({ hostname, path, service }: AnyRule): string {
  return `hostname ${hostname || "(any)"}, path ${path || "(any)"}, service ${shownText(service)}`;
}
