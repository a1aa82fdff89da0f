/**
 * Which Setting applies to a webhook. It is written apart from `hub/signing`, so that a test can hold the two against each other.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhook-configuration-faq
 */
import type { Rule, Setting, SharedKey } from "./resources.ts";
import type { Resources, WebhooksConfiguration } from "./state.ts";

/** The Setting of a webhook, and the key that signs it. */
export interface AppliedSetting {
  readonly setting: Setting;
  readonly sharedKey: SharedKey | undefined;
}

/**
 * The Setting of the next webhook to a URL; undefined if no Rule matches. Two Settings of a Rule take turns, so that each has exactly its share of any
 * hundred webhooks in a row.
 *
 * @param url the URL without its fragment
 * @throws Error if the Setting names a key that does not exist
 */
export function nextSetting(configuration: WebhooksConfiguration, url: string): AppliedSetting | undefined {
  const resources = configuration.applied();
  const rule = matchingRule(resources.rules.values(), url, configuration.queries);
  const id = rule && turnOf(rule);
  const setting = id === undefined ? undefined : resources.settings.get(id);
  return setting && { setting, sharedKey: keyOf(resources, setting) };
}

/** The Rule for a URL: of the exact ones, of the prefixes, and then of the defaults. In each group the longest comes first. */
export function matchingRule(rules: Iterable<Rule>, url: string, queries: "ignored" | "matched"): Rule | undefined {
  const bare = queries === "ignored" ? url.split("?", 1)[0] : url;
  let [exact, prefix, fallback]: (Rule | undefined)[] = [];
  for (const rule of rules) {
    if (rule.matchType === "DEFAULT") fallback ??= rule;
    else if (rule.matchType === "EXACT_MATCH") {
      const isLonger = exact?.matchType !== "EXACT_MATCH" || rule.value.length > exact.value.length;
      if ((rule.value === url || rule.value === bare) && isLonger) exact = rule;
    } else {
      const isLonger = prefix?.matchType !== "PREFIX_MATCH" || rule.prefix.length > prefix.prefix.length;
      if (url.slice(0, rule.prefix.length) === rule.prefix && isLonger) prefix = rule;
    }
  }
  return exact ?? prefix ?? fallback;
}

/** The webhooks so far of each Rule's version. */
const sent = new WeakMap<Rule, number>();

function turnOf(rule: Rule): string | undefined {
  const [first, second] = rule.settings;
  const count = sent.get(rule) ?? 0;
  sent.set(rule, count + 1);
  if (second === undefined) return first?.settingId;
  const secondsBefore = (turns: number) => Math.floor((turns * second.percentage) / 100);
  return secondsBefore(count + 1) > secondsBefore(count) ? second.settingId : first?.settingId;
}

function keyOf({ sharedKeys }: Resources, { id, signature }: Setting): SharedKey | undefined {
  if (signature?.type !== "SHARED_KEY") return undefined;
  const key = sharedKeys.get(signature.sharedKeyId);
  if (key === undefined)
    throw new Error(`the Setting ${id} names the key ${signature.sharedKeyId}, which does not apply yet`);
  return key;
}
