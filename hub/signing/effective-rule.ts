/**
 * Which Rule Twilio applies to a URL. Exact Rules come first, the longest first, then prefixes, the longest first, then the default; the first that
 * matches counts. Source: https://www.twilio.com/docs/usage/webhooks/webhook-rules.
 */
import type { LiveRule } from "./live-rules.ts";

/** A Rule, as far as it decides what it matches. */
export type Matcher =
  | { readonly matchType: "EXACT_MATCH"; readonly value: string }
  | { readonly matchType: "PREFIX_MATCH"; readonly prefix: string }
  | { readonly matchType: "DEFAULT" };

/** Whether Twilio ignores a URL's query when it compares it with an exact Rule. */
export type QueryMatching = "ignored" | "matched";

const RANKS = { EXACT_MATCH: 0, PREFIX_MATCH: 1, DEFAULT: 2 } as const;

/**
 * Returns the Rule that Twilio applies to a URL, or undefined if none matches: the auth token signs then.
 *
 * @param url the URL that Twilio calls. Its fragment does not count
 */
export function effectiveRule<Rule extends Matcher>(
  url: string,
  rules: readonly Rule[],
  queries: QueryMatching,
): Rule | undefined {
  const called = url.replace(/#.*$/s, "");
  return rules.filter((rule) => matches(rule, called, queries)).sort(byOrder)[0];
}

/** Returns every Rule that Twilio may apply to a URL, if it is not known how it compares a query. */
export function possibleRules(
  url: string,
  rules: readonly LiveRule[],
  queries: QueryMatching | "unprobed",
): (LiveRule | undefined)[] {
  const ways = queries === "unprobed" ? (["ignored", "matched"] as const) : [queries];
  return [...new Set(ways.map((way) => effectiveRule(url, rules, way)))];
}

function byOrder(a: Matcher, b: Matcher): number {
  return RANKS[a.matchType] - RANKS[b.matchType] || patternOf(b).length - patternOf(a).length;
}

function matches(rule: Matcher, url: string, queries: QueryMatching): boolean {
  if (rule.matchType === "DEFAULT") return true;
  if (rule.matchType === "PREFIX_MATCH") return url.startsWith(rule.prefix);
  return rule.value === url || (queries === "ignored" && rule.value === url.replace(/\?.*$/s, ""));
}

/** The text that a Rule compares a URL with. Empty for the default. */
export function patternOf(rule: Matcher): string {
  if (rule.matchType === "DEFAULT") return "";
  return rule.matchType === "EXACT_MATCH" ? rule.value : rule.prefix;
}
