/** Reads the rules of Cloudflare's resources that can block a request, in one shape. */
import type { ResourceValidationArgs } from "@pulumi/policy";
import { z } from "zod";
import { FILTER_TYPES } from "../../../hub/guards/resource-types.ts";
import { holdsUnknown, isGiven, NOT_KNOWN, readProperty } from "../../reading/known-value.ts";

/** A rule that can block a request. */
export interface FilterRule {
  /** The property that holds it, like `rules[0].expression`. */
  readonly at: string;
  /** Undefined if it cannot be read. */
  readonly expression: string | undefined;
  /** False if the rule applies to every host and path; absent if its expression decides that. */
  readonly isScopedElsewhere?: false;
  /** If the rule limits a rate: the fields and the expression by which it counts, with `NOT_KNOWN` for each that cannot be read. */
  readonly counts?: readonly unknown[];
}

/** The actions that do not block a request: https://developers.cloudflare.com/ruleset-engine/rules-language/actions/ */
const PASSING: readonly unknown[] = [
  ...["log", "skip", "rewrite", "route", "set_config", "set_cache_settings", "set_cache_control", "compress_response"],
  ...["log_custom_field", "score", "allow", "bypass", "simulate"],
];

const Rule = z.object({
  action: z.unknown().optional(),
  enabled: z.unknown().optional(),
  expression: z.unknown().optional(),
  ratelimit: z.unknown().optional(),
});

/** https://developers.cloudflare.com/waf/rate-limiting-rules/parameters/ */
const RateLimit = z.object({
  characteristics: z
    .array(z.unknown())
    .nullish()
    .transform((found) => found ?? []),
  countingExpression: z.unknown().optional(),
});

/** The rules of a resource that can block a request; none for other types. */
export function filterRules({ type, props }: ResourceValidationArgs): FilterRule[] {
  if (type === FILTER_TYPES.ruleset) return rulesetRules(readProperty(props, "rules"));
  if (type === FILTER_TYPES.filter) return [ruleAt("expression", readProperty(props, "expression"))];
  if (type === FILTER_TYPES.firewallRule) return firewallRules(props);
  if (type === FILTER_TYPES.accessRule) return accessRules(readProperty(props, "mode"));
  if (type === FILTER_TYPES.accessPolicy) return accessPolicyRules(props);
  return [];
}

function rulesetRules(rules: unknown): FilterRule[] {
  if (rules === undefined || rules === null) return [];
  if (!Array.isArray(rules)) return [ruleAt("rules", NOT_KNOWN)];
  return rules.flatMap((rule: unknown, index) => {
    const parsed = Rule.safeParse(rule).data;
    if (parsed === undefined) return [ruleAt(`rules[${index}]`, NOT_KNOWN)];
    const { action, enabled, expression, ratelimit } = parsed;
    if (enabled === false || PASSING.includes(action)) return [];
    const found = ruleAt(`rules[${index}].expression`, expression);
    return [isGiven(ratelimit) ? { ...found, counts: countsOf(ratelimit) } : found];
  });
}

function countsOf(ratelimit: unknown): unknown[] {
  const { characteristics, countingExpression } = RateLimit.safeParse(ratelimit).data ?? {
    characteristics: [NOT_KNOWN],
  };
  return [...characteristics, ...(isGiven(countingExpression) ? [countingExpression] : [])];
}

function firewallRules(props: ResourceValidationArgs["props"]): FilterRule[] {
  const action = readProperty(props, "action");
  const mode = z.object({ mode: z.unknown() }).safeParse(action).data?.mode;
  if (readProperty(props, "paused") === true || [action, mode].some((given) => PASSING.includes(given))) return [];
  const filter = z.object({ expression: z.unknown().optional() }).safeParse(readProperty(props, "filter")).data;
  return [ruleAt("filter.expression", filter?.expression)];
}

/** An access rule applies to a whole zone or account. Only the mode `whitelist` blocks nobody. */
function accessRules(mode: unknown): FilterRule[] {
  if (mode === "whitelist") return [];
  const expression = mode === NOT_KNOWN ? undefined : `mode ${JSON.stringify(mode)}`;
  return [{ at: "mode", expression, isScopedElsewhere: false }];
}

/** An Access policy does not name its application, so it may apply to every host and path. */
function accessPolicyRules(props: ResourceValidationArgs["props"]): FilterRule[] {
  return ["includes", "requires", "excludes"].flatMap((at) => {
    const rules = readProperty(props, at);
    if (holdsUnknown(rules)) return [ruleAt(at, NOT_KNOWN)];
    const byAddress = Array.isArray(rules) && rules.some((rule) => /"(ip|ipList|geo)":/.test(JSON.stringify(rule)));
    return byAddress ? [{ at, expression: "an Access policy by address", isScopedElsewhere: false }] : [];
  });
}

function ruleAt(at: string, expression: unknown): FilterRule {
  return { at, expression: typeof expression === "string" ? expression : undefined };
}
