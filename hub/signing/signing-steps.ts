/** The differences of Twilio's Rules and Settings from the declared ones, as the steps that put them right. Only what has the hub's mark is changed. */
import { canonicalJson } from "../values/canonical-json.ts";
import type { Declaration } from "./declaration.ts";
import { type DeclaredRule, isMarked, settingTitle } from "./declared-rules.ts";
import { patternOf } from "./effective-rule.ts";
import type { LiveRule, LiveSetting, LiveSigning } from "./live-rules.ts";
import { contentDifference } from "./setting-difference.ts";

/** A declared Rule that is live with other Settings or percentages. */
export interface RuleChange {
  readonly rule: DeclaredRule;
  readonly live: LiveRule;
}

/** The steps, in the order in which they may be taken. */
export interface SigningSteps {
  /** The names of the Settings to create. */
  readonly settings: readonly string[];
  readonly newRules: readonly DeclaredRule[];
  readonly changedRules: readonly RuleChange[];
  /** The hub's Rules for its own hosts that are no longer declared. */
  readonly surplusRules: readonly LiveRule[];
  /** The hub's Settings that stand for no declared one and that no Rule uses once the steps before are taken. */
  readonly surplusSettings: readonly LiveSetting[];
}

/**
 * Works out the steps.
 *
 * @param origins the hosts of the hub, as URLs without a path
 */
export function signingSteps(declaration: Declaration, live: LiveSigning, origins: readonly string[]): SigningSteps {
  const { settings, rules } = declaration;
  const marked = live.rules.filter((rule) => isOwn(rule, origins));
  const surplusRules = marked.filter((rule) => !rules.some((declared) => isSameMatch(declared, rule)));
  const changedRules = rules.flatMap((rule) => {
    const found = marked.find((other) => isSameMatch(rule, other));
    return found === undefined || hasShares(found, rule, declaration, live.settings) ? [] : [{ rule, live: found }];
  });
  const left = [...surplusRules, ...changedRules.map((change) => change.live)];
  const kept = live.rules.filter((rule) => !left.includes(rule));
  const used = new Set(kept.flatMap((rule) => rule.settings.map(({ settingId }) => settingId)));
  const standing = [...settings.keys()].map((name) => liveSetting(name, declaration, live.settings));
  return {
    settings: [...settings.keys()].filter((name) => liveSetting(name, declaration, live.settings) === undefined),
    newRules: rules.filter((rule) => !live.rules.some((other) => isSameMatch(rule, other))),
    changedRules,
    surplusRules,
    surplusSettings: live.settings.filter(
      (setting) => isMarked(setting) && !used.has(setting.id) && !standing.includes(setting),
    ),
  };
}

/** Whether nothing is to be done. */
export function isDone(steps: SigningSteps): boolean {
  return Object.values(steps).every((list) => list.length === 0);
}

/** The Setting that stands for a declared one at Twilio. Of several with its name it is the first with the declared content. */
export function liveSetting(
  name: string,
  { settings }: Pick<Declaration, "settings">,
  live: readonly LiveSetting[],
): LiveSetting | undefined {
  const named = live.filter(({ friendlyName }) => friendlyName === settingTitle(name));
  const content = settings.get(name);
  return named.find((setting) => content && contentDifference(content, setting) === undefined) ?? named[0];
}

/** Whether two Rules match the same URLs. Twilio allows one of each. */
export function isSameMatch(
  one: Pick<LiveRule, "matchType"> & Parameters<typeof patternOf>[0],
  other: Parameters<typeof patternOf>[0],
): boolean {
  return one.matchType === other.matchType && patternOf(one) === patternOf(other);
}

/** Whether a live Rule has the declared Settings with the declared percentages. */
export function hasShares(
  live: LiveRule,
  { settings }: DeclaredRule,
  declaration: Pick<Declaration, "settings">,
  liveSettings: readonly LiveSetting[],
): boolean {
  const wanted = settings.map(({ setting, percentage }) => [
    liveSetting(setting, declaration, liveSettings)?.id ?? null,
    percentage,
  ]);
  const found = live.settings.map(({ settingId, percentage }) => [settingId, percentage]);
  return canonicalJson(wanted.map(String).sort()) === canonicalJson(found.map(String).sort());
}

/** Whether a Rule is the hub's, which an up changes or removes: it has the mark and matches URLs of the hub's hosts alone. */
export function isOwn(rule: LiveRule, origins: readonly string[]): boolean {
  return isMarked(rule) && origins.some((origin) => patternOf(rule).startsWith(`${origin}/`));
}
