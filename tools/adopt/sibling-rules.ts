/** Compares each sibling's rules with the live ones. */
import { z } from "zod";
import { HubConfig } from "../../hub/config/config.ts";
import { isOfSibling } from "../../hub/config/sibling.ts";
import { undeclaredRules } from "../../hub/hosts/live-tunnel.ts";
import { type NormalRule, ruleLine, ruleText } from "../../hub/hosts/normal-rule.ts";
import { servicePort } from "../../hub/values/ingress-service.ts";
import { type Adoptable, keyOf } from "./adoptable.ts";
import { type Comparison, finding, reasonOf } from "./finding.ts";

type AdoptableSibling = Adoptable["siblings"][number];

/** The rules of a config as far as they can be compared. They may be missing or malformed. */
const Declared = z
  .array(
    z.looseObject({
      hostname: z.string().nullish(),
      path: z.string().nullish(),
      service: z.string(),
      originRequest: z.record(z.string(), z.unknown()).nullish(),
    }),
  )
  .catch([]);

/**
 * A live rule that is not the hub's belongs to the sibling that declares it, or else to the first one whose port or whose services it leads to. A rule
 * that belongs to nobody is left for a person, and so is one that the config cannot hold.
 */
export function compareSiblings({ hosts, handler, siblings }: Adoptable, live: readonly NormalRule[]): Comparison {
  const others = undeclaredRules({ hosts, handler, routes: [], siblings: [] }, live);
  const owners = others.map((rule) => ({ rule, owner: ownerOf(rule, siblings) }));
  const each = siblings.map((sibling, index) =>
    compareSibling(
      sibling,
      index,
      owners.filter(({ owner }) => owner === sibling).map(({ rule }) => rule),
    ),
  );
  return {
    findings: each.flatMap(({ findings }) => findings),
    left: [
      ...owners.filter(({ owner }) => owner === undefined).map(({ rule }) => nobodys(rule)),
      ...each.flatMap(({ left }) => left),
    ],
  };
}

function ownerOf(rule: NormalRule, siblings: readonly AdoptableSibling[]): AdoptableSibling | undefined {
  const text = ruleText(rule);
  return (
    siblings.find(({ rules }) => Declared.parse(rules).map(ruleText).includes(text)) ??
    siblings.find((sibling) => isOfSibling(sibling, rule.service))
  );
}

function nobodys(rule: NormalRule): string {
  const remedy =
    servicePort(rule.service) === undefined
      ? "list the service under services of a sibling (hub:siblings)"
      : "declare it under hub:siblings";
  return `${described(rule)} belongs to neither the hub nor a declared sibling; ${remedy}, or remove it from the tunnel`;
}

function compareSibling(sibling: AdoptableSibling, index: number, own: readonly NormalRule[]): Comparison {
  const { name, port, services = [], rules } = sibling;
  const path = ["siblings", index, "rules"] as const;
  if (own.length === 0) {
    const targets = [...(port === undefined ? [] : [`port ${port}`]), ...services].join(" or ");
    return { findings: [], left: [`${keyOf(path)}: no live rule leads to ${targets} of ${name}`] };
  }
  const problems = own.map((rule) => ({ rule, problem: ruleProblem(sibling, rule) }));
  const good = problems.filter(({ problem }) => problem === undefined).map(({ rule }) => rule);
  const left = problems.flatMap(({ rule, problem }) =>
    problem === undefined ? [] : [`${described(rule)} is a rule of ${name} but cannot be declared: ${problem}`],
  );
  return { findings: good.length === 0 ? [] : [finding(path, rules, good)], left };
}

function ruleProblem({ name, port, services }: AdoptableSibling, rule: NormalRule): string | undefined {
  const sibling = { name, ...(port !== undefined && { port }), ...(services && { services }), rules: [rule] };
  const { error } = HubConfig.shape.siblings.safeParse([sibling]);
  return error && reasonOf(error);
}

function described(rule: NormalRule): string {
  return `the live rule with ${ruleLine(rule)}`;
}
