/** The Rules that apply to a URL of the hub and are not as declared, in words. */
import type { Signing } from "../config/signing.ts";
import { type HttpsUrl, manifestUrls } from "../urls/urls.ts";
import { type AcceptedSigning, accepts, type SigningManifest } from "./accepted-signing.ts";
import type { Declaration } from "./declaration.ts";
import { calledAt, isMarked, originsOf, registeredManifestUrls, type UrlManifest } from "./declared-rules.ts";
import { effectiveRule, patternOf, possibleRules } from "./effective-rule.ts";
import { type LiveRule, type LiveSetting, type LiveSigning, signerOf } from "./live-rules.ts";
import { settingEffects } from "./setting-effects.ts";
import { hasShares, isOwn, isSameMatch } from "./signing-steps.ts";

/** A finding. */
export interface SigningFinding {
  /** The URLs, the Rule or Setting, since when, and what it does to calls, in one line. */
  readonly line: string;
  /** Whether an `up` puts it right. It must not go on over the others. */
  readonly isPutRight: boolean;
  /** Set if it changes no webhook of the hub's: the run goes on, and a person deletes it. */
  readonly isLeftOver?: true;
}

/** The live Rules and Settings, and the config that they are compared with. */
export interface Compared {
  readonly manifest: SigningManifest;
  readonly signing: Signing | undefined;
  readonly live: LiveSigning;
  readonly now: Date;
}

/** The same with what is derived of it. */
export interface Context extends Compared {
  readonly declaration: Declaration;
  /** The signatures that the declared release accepts. */
  readonly accepted: AcceptedSigning;
}

/** A finding for each Rule that may apply to a URL of the hub and is not as declared. */
export function ruleFindings(context: Context): SigningFinding[] {
  const { declaration, live } = context;
  const urlsByRule = new Map<LiveRule, HttpsUrl[]>();
  for (const { url, called, isRegistered } of calledUrls(context.manifest)) {
    for (const rule of possibleRules(called, live.rules, declaration.queries)) {
      // The account's default Rule concerns no URL that Twilio is not given.
      if (rule === undefined || (rule.matchType === "DEFAULT" && !isRegistered)) continue;
      const urls = urlsByRule.get(rule) ?? [];
      if (!urls.includes(url)) urlsByRule.set(rule, [...urls, url]);
    }
  }
  return [...urlsByRule].flatMap(([rule, urls]) => ruleFinding(context, rule, urls));
}

/** The Rules with the hub's mark for other hosts, which no up changes: those of a host that the hub had before. */
export function leftOverRules({ live, manifest }: Context): SigningFinding[] {
  const origins = originsOf(manifest);
  const called = calledUrls(manifest).map((entry) => entry.called);
  const others = live.rules.filter(
    (rule) => rule.matchType !== "DEFAULT" && isMarked(rule) && !isOwn(rule, origins) && !isForAny(rule, called),
  );
  return others.map((rule) => ({
    line: `the Rule ${ruleText(rule)} has the hub's mark, matches no URL of the hub, and is left over from another host; delete it at Twilio ${SEE}`,
    isPutRight: false,
    isLeftOver: true,
  }));
}

function isForAny(rule: LiveRule, called: readonly string[]): boolean {
  return called.some((url) => effectiveRule(url, [rule], "ignored") !== undefined);
}

function ruleFinding(context: Context, rule: LiveRule, urls: readonly HttpsUrl[]): SigningFinding[] {
  const { declaration, live, manifest, signing } = context;
  const isOwnRule = isOwn(rule, originsOf(manifest));
  const declared = declaration.rules.find((candidate) => isSameMatch(candidate, rule));
  const effects = ruleEffects(context, rule);
  const place = !isOwnRule && declared ? ["it is not the hub's and stands in the place of a declared Rule"] : [];
  const line = (what: string, remedy: string) =>
    `${urlsText(urls, manifest)}: the Rule ${ruleText(rule)} ${what}: ${[...effects, ...place].join("; ")}. ${remedy}`;
  if (!isOwnRule || signing === undefined) {
    if (effects.length + place.length === 0) return [];
    const remedy = isOwnRule ? WITHOUT_SIGNING : isMarked(rule) ? MARKED : FOREIGN;
    return [{ line: line("is not declared", remedy), isPutRight: false }];
  }
  if (declared !== undefined && hasShares(rule, declared, declaration, live.settings)) return [];
  if (rule.settings.some((share) => usesLeftKey(context, share)))
    return [
      { line: line("is the hub's and still uses a key that is no longer declared", KEY_IN_USE), isPutRight: false },
    ];
  // A Rule that is no longer declared is reported with the surplus ones.
  if (declared === undefined) return [];
  return [{ line: line("has other Settings or percentages than declared", "An up puts it right"), isPutRight: true }];
}

const SEE = "(docs/signing.md)";
const FOREIGN = `Ask who made it, and have it deleted, or narrowed so that it matches no URL of the hub ${SEE}`;
const MARKED = `It has the hub's mark, but the hub makes no such Rule and no up changes it: delete it at Twilio ${SEE}`;
const WITHOUT_SIGNING = `It has the hub's mark, and no up removes it: put hub:signing back with the key, and take it off step by step ${SEE}`;
const KEY_IN_USE = `Keep the key under hub:signing.keys, take it out of the Rules with an up, and only then out of the keys ${SEE}`;

/** Every URL of the manifest as Twilio may call it. */
function calledUrls(manifest: UrlManifest) {
  const registered = registeredManifestUrls(manifest).map(({ url }) => url);
  return manifestUrls(manifest).flatMap((entry) => {
    const { url } = entry;
    return calledAt(entry).map((called) => ({ url, called, isRegistered: registered.includes(url) }));
  });
}

/** The effects of a Rule, a phrase for each Setting that has any. */
export function ruleEffects(context: Context, rule: LiveRule): string[] {
  return rule.settings.flatMap((share) => shareEffects(context, share));
}

function shareEffects(
  { live, accepted, now }: Context,
  { settingId, percentage }: LiveRule["settings"][number],
): string[] {
  const setting = live.settings.find(({ id }) => id === settingId);
  const effects =
    setting === undefined ? ["as it says, and Twilio does not list it"] : settingEffects(setting, accepted, now);
  if (effects.length === 0) return [];
  return [
    `by the Setting ${settingText(settingId, setting)}, ${percentage} % of the webhooks are ${effects.join(", and ")}`,
  ];
}

/**
 * Whether a Setting of the hub's signs in a way that left the config: its restart would come before the Rule's change. A key that has expired, or is not
 * valid yet, is refused already.
 */
function usesLeftKey({ live, accepted, now }: Context, { settingId }: LiveRule["settings"][number]): boolean {
  const setting = live.settings.find(({ id }) => id === settingId);
  if (setting === undefined || !isMarked(setting)) return false;
  const signer = signerOf(setting);
  if (typeof signer === "string") return !accepts(accepted, signer, now);
  return !accepted.keys.some(({ id, algorithm }) => id === signer.key && algorithm === signer.algorithm);
}

/** URLs in words. */
export function urlsText(urls: readonly HttpsUrl[], manifest: UrlManifest): string {
  const registered = registeredManifestUrls(manifest);
  return registered.every(({ url }) => urls.includes(url)) ? "every webhook URL of the hub" : urls.join(", ");
}

/** A Rule in words: its ID, what it matches, its name and its day. */
export function ruleText(rule: LiveRule): string {
  const match = rule.matchType === "DEFAULT" ? "the account's default" : `${rule.matchType} ${patternOf(rule)}`;
  const name = rule.friendlyName ? `${JSON.stringify(rule.friendlyName)}, ` : "";
  return `${rule.id} (${match}, ${name}${since(rule)})`;
}

function settingText(id: string, setting: LiveSetting | undefined): string {
  return setting?.friendlyName ? `${id} (${JSON.stringify(setting.friendlyName)})` : id;
}

/** Since when a Rule or a Setting is there, in words. */
export function since({ createdAt, updatedAt }: Pick<LiveSetting, "createdAt" | "updatedAt">): string {
  const created = `since ${createdAt ?? "an unknown day"}`;
  return updatedAt && updatedAt !== createdAt ? `${created}, changed ${updatedAt}` : created;
}
