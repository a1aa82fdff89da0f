/** Rules and Settings as Twilio has them, for the tests. */
import { settingTitle } from "../signing/declared-rules.ts";
import type { Matcher } from "../signing/effective-rule.ts";
import type { LiveRule, LiveSetting } from "../signing/live-rules.ts";
import { KEY } from "./signing.ts";

const CREATED = "2026-11-28T09:30:00Z";
const DEFAULT_CONNECTION = { connectTimeoutMs: 5_000, readTimeoutMs: 15_000 };

/** A Setting without any effect, with some properties replaced. */
export function liveSettingWith(id: string, changes: Partial<LiveSetting> = {}): LiveSetting {
  return {
    ...{ id: `webhooks_setting_${id}`, type: "CUSTOMER", createdAt: CREATED, updatedAt: CREATED },
    auth: { source: "INLINE", value: { scheme: "NONE" } },
    connection: DEFAULT_CONNECTION,
    ...changes,
  };
}

/** A Setting that signs with a key. */
export function signingSetting(id: string, key: string, changes: Partial<LiveSetting> = {}): LiveSetting {
  const signature = { type: "SHARED_KEY", sharedKeyId: key, algorithm: "HMAC_SHA256" };
  return liveSettingWith(id, { signature, ...changes });
}

/** The Setting that the tests' `hub:signing` declares. */
export const DECLARED_SETTING = signingSetting("declared", KEY, { friendlyName: settingTitle("first") });

/** A Rule with one Setting, or with two at given percentages. */
export function liveRule(
  match: Matcher,
  settings: readonly [LiveSetting, number][],
  friendlyName = "by hand",
): LiveRule {
  return {
    ...match,
    ...{ id: `webhooks_rule_${match.matchType.toLowerCase()}`, friendlyName, createdAt: CREATED, updatedAt: CREATED },
    settings: settings.map(([{ id }, percentage]) => ({ settingId: id, percentage })),
  };
}
