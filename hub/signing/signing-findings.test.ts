import { describe, expect, test } from "vitest";
import { Signing } from "../config/signing.ts";
import { manifestWith, NOW } from "../testing/config.ts";
import { DECLARED_SETTING, liveRule, liveSettingWith, signingSetting } from "../testing/live-signing.ts";
import { KEY, OTHER_KEY, signingWith } from "../testing/signing.ts";
import { declaredRules, settingTitle } from "./declared-rules.ts";
import type { Matcher } from "./effective-rule.ts";
import { LiveSetting, type LiveSigning } from "./live-rules.ts";
import { signingFindings } from "./signing-findings.ts";

const VOICE = "https://webhook.reri.co/voice/webhook";
const MATCHES: [string, Matcher][] = [
  ["exact", { matchType: "EXACT_MATCH", value: VOICE }],
  ["prefix", { matchType: "PREFIX_MATCH", prefix: "https://webhook.reri.co/" }],
  ["default", { matchType: "DEFAULT" }],
];
const PLAIN = liveSettingWith("plain");
const EFFECTS: [string, LiveSetting, string][] = [
  [
    "another key",
    signingSetting("other", OTHER_KEY),
    `signed with the key ${OTHER_KEY} (HMAC_SHA256), which the handler does not accept`,
  ],
  ["an accepted key", signingSetting("same", KEY), `signed with the key ${KEY} (HMAC_SHA256), which the handler`],
  [
    "another algorithm",
    liveSettingWith("sha1", { signature: { type: "SHARED_KEY", sharedKeyId: KEY, algorithm: "HMAC_SHA1" } }),
    `signed with the key ${KEY} (HMAC_SHA1), which the handler does not accept`,
  ],
  ["no signature", liveSettingWith("none", { signature: { type: "NONE" } }), "not signed: the handler answers 403"],
  [
    "Basic auth",
    liveSettingWith("basic", { auth: { source: "INLINE", value: { scheme: "BASIC", username: "u" } } }),
    "sent with a user name and a password (Basic), which the handler does not ask for",
  ],
  [
    "Digest auth",
    liveSettingWith("digest", { auth: { source: "INLINE", value: { scheme: "DIGEST", username: "u" } } }),
    "sent with a user name and a password (Digest)",
  ],
  [
    "OAuth",
    liveSettingWith("oauth", {
      auth: { source: "INLINE", value: { scheme: "OAUTH2", tokenUrl: "https://t.example" } },
    }),
    "sent with a token of an OAuth server",
  ],
  [
    "an AuthProfile",
    liveSettingWith("profile", { auth: { source: "REFERENCE", authProfileId: "webhooks_authprofile_1" } }),
    "sent with credentials of the AuthProfile webhooks_authprofile_1",
  ],
  [
    "a shorter time-out",
    liveSettingWith("short", { connection: { connectTimeoutMs: 5_000, readTimeoutMs: 1_000 } }),
    "given up 1 s after they were sent, instead of 15 s",
  ],
  [
    "a shorter total time-out",
    liveSettingWith("total", { connection: { connectTimeoutMs: 5_000, readTimeoutMs: 15_000, totalTimeoutMs: 2_000 } }),
    "given up 2 s after they were sent",
  ],
  [
    "a shorter time to connect",
    liveSettingWith("connect", { connection: { connectTimeoutMs: 100, readTimeoutMs: 15_000 } }),
    "given up if no connection is made in 0.1 s, instead of 5 s",
  ],
  [
    "retries",
    liveSettingWith("retries", {
      connection: { retryPolicy: { retryCount: 5, retryOn: ["HTTP_4XX"] } },
    }),
    "sent up to 5 times more after HTTP_4XX",
  ],
  ["zones", liveSettingWith("zones", { edgeZones: { zones: ["us1"] } }), "sent from the zones us1 or not at all"],
  ["a property of the future", liveSettingWith("future", { tls: { minimum: "1.3" } }), "changed by tls"],
];

function findings(live: Partial<LiveSigning>, signing?: Record<string, unknown>) {
  const manifest = manifestWith(signing === undefined ? {} : { signing });
  const parsed = signing === undefined ? undefined : Signing.parse(signing);
  return signingFindings({ manifest, signing: parsed, live: { rules: [], settings: [], ...live }, now: NOW });
}

/** The Rules that are declared, as they are live. */
function declaredLive(signing: Record<string, unknown>): LiveSigning {
  const rules = declaredRules(manifestWith({ signing }), Signing.parse(signing));
  return {
    rules: rules.map((rule) => liveRule(rule, [[DECLARED_SETTING, 100]], settingTitle("voice"))),
    settings: [DECLARED_SETTING, PLAIN],
  };
}

describe.each(MATCHES)("without hub:signing, a foreign %s Rule", (_match, match) => {
  test.each(EFFECTS)("with %s is named and stops the run", (_what, setting, effect) => {
    const [found, ...others] = findings({ rules: [liveRule(match, [[setting, 100]])], settings: [setting] });
    expect(others).toEqual([]);
    expect(found?.isPutRight).toBe(false);
    const { line = "" } = found ?? {};
    for (const part of [
      `webhooks_rule_${match.matchType.toLowerCase()}`,
      ...[setting.id, '"by hand"', "since 2026-11-28T09:30:00Z", `100 % of the webhooks are ${effect}`],
      match.matchType === "EXACT_MATCH" ? VOICE : "webhook",
    ])
      expect(line).toContain(part);
    expect(line).not.toContain("\n");
  });

  test.each(EFFECTS)("with %s at 1 %% is named and stops the run", (_what, setting, effect) => {
    const shares: [LiveSetting, number][] = [
      [PLAIN, 99],
      [setting, 1],
    ];
    const [found] = findings({ rules: [liveRule(match, shares)], settings: [PLAIN, setting] });
    expect(found).toMatchObject({ isPutRight: false });
    expect(found?.line).toContain(`1 % of the webhooks are ${effect}`);
    expect(found?.line).not.toContain("99 %");
  });

  test("that changes nothing is no finding", () => {
    expect(findings({ rules: [liveRule(match, [[PLAIN, 100]])], settings: [PLAIN] })).toEqual([]);
  });

  test("with a Setting that Twilio does not list stops the run", () => {
    expect(findings({ rules: [liveRule(match, [[PLAIN, 100]])] })).toMatchObject([{ isPutRight: false }]);
  });
});

const OTHER = signingSetting("other", OTHER_KEY);

test.each<[string, Matcher]>([
  ["another host", { matchType: "PREFIX_MATCH", prefix: "https://forms.reri.co/" }],
  ["a longer host", { matchType: "PREFIX_MATCH", prefix: "https://webhook.reri.co.example/" }],
  ["a sibling's path", { matchType: "EXACT_MATCH", value: "https://webhook.reri.co/crm/webhook" }],
])("a neighbour's Rule for %s is no finding", (_what, match) => {
  expect(findings({ rules: [liveRule(match, [[OTHER, 100]])], settings: [OTHER] })).toEqual([]);
});

test("a neighbour's prefix that a plain exact Rule of ours hides is no finding", () => {
  const rules = [
    liveRule({ matchType: "EXACT_MATCH", value: "https://webhook.reri.co/sms/webhook" }, [[PLAIN, 100]]),
    liveRule({ matchType: "PREFIX_MATCH", prefix: "https://webhook.reri.co/sms/webhook" }, [[OTHER, 100]]),
  ];
  expect(findings({ rules, settings: [PLAIN, OTHER] })).toEqual([]);
});

test("a Rule that may apply to the later turns of a call alone is a finding, since it is not known how Twilio compares a query", () => {
  const rules = [
    liveRule({ matchType: "EXACT_MATCH", value: VOICE }, [[PLAIN, 100]]),
    liveRule({ matchType: "PREFIX_MATCH", prefix: "https://webhook.reri.co/voice/w" }, [[OTHER, 100]]),
  ];
  expect(findings({ rules, settings: [PLAIN, OTHER] })).toMatchObject([{ line: expect.stringContaining(VOICE) }]);
});

test("Twilio's own Setting as the default is no finding", () => {
  const system = liveSettingWith("system", {
    type: "SYSTEM",
    signature: { type: "AUTH_TOKEN" },
    connection: { readTimeoutMs: 10_000 },
  });
  expect(findings({ rules: [liveRule({ matchType: "DEFAULT" }, [[system, 100]])], settings: [system] })).toEqual([]);
});

test("the declared Rules and Settings are no finding, nor is a foreign default Rule behind them", () => {
  const signing = signingWith();
  const live = declaredLive(signing);
  expect(findings(live, signing)).toEqual([]);
  const foreign = liveRule({ matchType: "DEFAULT" }, [[OTHER, 100]]);
  expect(findings({ rules: [...live.rules, foreign], settings: [...live.settings, OTHER] }, signing)).toEqual([]);
});

test("missing Rules and Settings are put right by an up", () => {
  const found = findings({}, signingWith());
  expect(found.every(({ isPutRight }) => isPutRight)).toBe(true);
  expect(found.map(({ line }) => line)).toContain("the declared Setting twilio-hub first is missing");
  expect(found.find(({ line }) => line.startsWith(VOICE))?.line).toContain("the declared Rule is missing");
});

test("a declared Rule with a foreign Setting at 1 % is put right, and named", () => {
  const signing = signingWith();
  const { rules, settings } = declaredLive(signing);
  const changed = rules.map((rule) => ({
    ...rule,
    settings: [
      { settingId: OTHER.id, percentage: 1 },
      { settingId: DECLARED_SETTING.id, percentage: 99 },
    ],
  }));
  const found = findings(
    { rules: changed.slice(0, 1).concat(rules.slice(1)), settings: [...settings, OTHER] },
    signing,
  );
  expect(found).toMatchObject([
    { isPutRight: true, line: expect.stringContaining(`1 % of the webhooks are signed with the key ${OTHER_KEY}`) },
  ]);
});

test("a Rule in the place of a declared one stops the run, whatever it does", () => {
  const signing = signingWith();
  const { rules, settings } = declaredLive(signing);
  const found = findings({ rules: rules.map((rule) => ({ ...rule, friendlyName: "mine" })), settings }, signing);
  expect(found).toHaveLength(rules.length);
  expect(found[0]).toMatchObject({
    isPutRight: false,
    line: expect.stringContaining("in the place of a declared Rule"),
  });
});

test("a Setting of the hub's with another content stops the run: Twilio cannot change it", () => {
  const signing = signingWith();
  const { rules } = declaredLive(signing);
  for (const setting of [
    { ...OTHER, id: DECLARED_SETTING.id, friendlyName: DECLARED_SETTING.friendlyName },
    { ...DECLARED_SETTING, auth: { source: "INLINE", value: { scheme: "BASIC" } } },
    { ...DECLARED_SETTING, signature: null },
  ]) {
    const [found] = findings({ rules, settings: [setting] }, signing);
    expect(found).toMatchObject({
      isPutRight: false,
      line: expect.stringContaining("declare the new content under a new name"),
    });
  }
});

test("a key that a Rule of the hub's still uses may not leave the config", () => {
  const old = signingSetting("old", OTHER_KEY, { friendlyName: settingTitle("old") });
  const signing = signingWith();
  const live = declaredLive(signing);
  const rules = live.rules.map((rule) => ({ ...rule, settings: [{ settingId: old.id, percentage: 100 }] }));
  const [found] = findings({ rules, settings: [...live.settings, old] }, signing);
  expect(found).toMatchObject({
    isPutRight: false,
    line: expect.stringContaining("uses a key that is no longer declared"),
  });
});

const AMBIGUOUS: [string, Matcher][] = [
  ["the account's default", { matchType: "DEFAULT" }],
  ["a prefix of the host without a path", { matchType: "PREFIX_MATCH", prefix: "https://webhook.reri.co" }],
  ["a prefix of many hosts", { matchType: "PREFIX_MATCH", prefix: "https://webhook." }],
];

test.each(AMBIGUOUS)("a Rule with the hub's mark that no up changes stops the run: %s", (_what, match) => {
  const marked = liveRule(match, [[OTHER, 1]], settingTitle("anything"));
  const partly = signingWith({ authToken: "accept", "rules.0.urls": ["smsUrl"] });
  for (const signing of [undefined, partly]) {
    const live = signing === undefined ? { rules: [], settings: [] } : declaredLive(signing);
    const found = findings({ rules: [...live.rules, marked], settings: [...live.settings, OTHER] }, signing);
    expect(found).toMatchObject([{ isPutRight: false }]);
    for (const part of [marked.id, `1 % of the webhooks are signed with the key ${OTHER_KEY}`, "delete it at Twilio"])
      expect(found[0]?.line).toContain(part);
    expect(found[0]?.line).not.toContain("which removes it");
  }
});

test.each(MATCHES.slice(0, 2))(
  "without hub:signing, an %s Rule with the hub's mark stops the run, since no up removes it",
  (_what, match) => {
    const found = findings({ rules: [liveRule(match, [[OTHER, 100]], settingTitle("anything"))], settings: [OTHER] });
    expect(found).toMatchObject([{ isPutRight: false, line: expect.stringContaining("put hub:signing back") }]);
  },
);

test("a Rule and a Setting of the hub's that are no longer declared are put right; a neighbour's Setting is left", () => {
  const signing = signingWith({ authToken: "accept", rules: [] });
  const live = declaredLive(signingWith());
  const unused = signingSetting("unused", KEY, { friendlyName: settingTitle("unused") });
  const found = findings({ rules: live.rules.slice(0, 1), settings: [...live.settings, unused, OTHER] }, signing);
  expect(found.map(({ isPutRight }) => isPutRight)).toEqual([true, true]);
  expect(found[0]?.line).toContain("no longer declared");
  expect(found[1]?.line).toContain("twilio-hub unused");
});

test.each([
  ["expired", { from: "2026-11-01T00:00:00Z", until: "2026-11-20T00:00:00Z" }, "expired since 2026-11-20T00:00:00Z"],
  ["is not yet valid", { from: "2026-12-01T00:00:00Z" }, "not valid before 2026-12-01T00:00:00Z"],
])("a key that %s under its own declared Rules stops the run, whether they are live or not", (_what, dates, state) => {
  const signing = signingWith();
  const live = declaredLive(signing);
  const changed = { ...signing, keys: [{ ...Object(signing.keys[0]), ...dates }] };
  const manifest = { ...manifestWith({ signing }), secrets: { signingKeys: Signing.parse(changed).keys } };
  for (const found of [live, { rules: [], settings: [] }]) {
    const [first] = signingFindings({ manifest, signing: Signing.parse(changed), live: found, now: NOW });
    expect(first).toMatchObject({ isPutRight: false });
    for (const part of [
      "every webhook URL of the hub",
      KEY,
      state,
      "the handler answers 403",
      "hub:signing.keys",
      "another Setting",
    ])
      expect(first?.line).toContain(part);
  }
});

/** The declared Rules as they are live, with a Setting of the hub's that signs with another key. */
function movedFrom(key: Record<string, unknown> | undefined) {
  const old = signingSetting("old", OTHER_KEY, { friendlyName: settingTitle("old") });
  const signing = signingWith(key && { "keys.1": { ...Object(signingWith().keys[0]), id: OTHER_KEY, ...key } });
  const { rules, settings } = declaredLive(signing);
  const used = rules.map((rule) => ({ ...rule, settings: [{ settingId: old.id, percentage: 100 }] }));
  return { signing, live: { rules: used, settings: [...settings, old] } };
}

test.each([
  [{ until: "2026-11-20T00:00:00Z" }, "expired since 2026-11-20T00:00:00Z"],
  [{ from: "2026-12-01T00:00:00Z" }, "not valid before 2026-12-01T00:00:00Z"],
])("an up moves the hub's Rules away from a key with %j", (dates, state) => {
  const { signing, live } = movedFrom(dates);
  const found = findings(live, signing);
  expect(found.map(({ isPutRight }) => isPutRight)).not.toContain(false);
  const moved = found.filter(({ line }) => line.includes("the Rule "));
  expect(moved).toHaveLength(live.rules.length);
  for (const { line } of moved) {
    expect(line).toContain(state);
    expect(line).not.toMatch(/no longer declared|not declared/);
  }
});

test("an up removes a Rule of the hub's that is no longer declared and whose key has expired", () => {
  const { signing, live } = movedFrom({ until: "2026-11-20T00:00:00Z" });
  const found = findings(live, { ...signing, authToken: "accept", rules: [] });
  expect(found.map(({ isPutRight }) => isPutRight)).not.toContain(false);
  expect(found[0]?.line).toContain("expired since 2026-11-20T00:00:00Z");
});

test("an up does not move them away from a key that left the config: the next restart would come first", () => {
  const { signing, live } = movedFrom(undefined);
  expect(findings(live, signing)[0]).toMatchObject({
    isPutRight: false,
    line: expect.stringContaining("not declared"),
  });
});

const CONNECTION = {
  connectTimeoutMs: 5_000,
  readTimeoutMs: 15_000,
  totalTimeoutMs: 30_000,
  retryPolicy: { retryCount: 1, retryOn: ["HTTP_5XX", "READ_TIMEOUT"] },
};
const SHORT = { connectTimeoutMs: 5_000, readTimeoutMs: 1_000 };

test.each<[string, unknown, unknown]>([
  ["no connection in the answer", undefined, undefined],
  ["Twilio's defaults", undefined, { connectTimeoutMs: 5_000, readTimeoutMs: 15_000, totalTimeoutMs: 60_000 }],
  ["no retries", undefined, { retryPolicy: { retryCount: 0, retryOn: ["ALL"] } }],
  [
    "conditions in another order, and properties of Twilio's own",
    CONNECTION,
    {
      ...CONNECTION,
      proxy: null,
      retryPolicy: { retryOn: ["READ_TIMEOUT", "HTTP_5XX"], retryCount: 1, backoff: null, jitter: true },
    },
  ],
  ["null for what is left out", SHORT, { ...SHORT, totalTimeoutMs: null, retryPolicy: null }],
])("the hub's Setting is as declared with %s", (_what, connection, live) => {
  expect(contentFindings(connection, live)).toEqual([]);
});

test.each<[string, unknown, unknown, string]>([
  ["time-outs", undefined, SHORT, "its readTimeoutMs is 1000"],
  ["a time for all attempts", SHORT, { ...SHORT, totalTimeoutMs: 500 }, "its totalTimeoutMs is 500"],
  ["retries", undefined, { retryPolicy: { retryCount: 2, retryOn: ["ALL"] } }, 'its retryPolicy is {"retryCount":2'],
  ["other conditions", CONNECTION, { ...CONNECTION, retryPolicy: { retryCount: 1, retryOn: ["ALL"] } }, '["ALL"]'],
  ["fewer retries", CONNECTION, { ...CONNECTION, retryPolicy: null }, "its retryPolicy is null"],
  ["another total", CONNECTION, { ...CONNECTION, totalTimeoutMs: 60_000 }, "its totalTimeoutMs is 60000"],
  ["no connection at all", SHORT, undefined, "its readTimeoutMs is 15000"],
])("%s that are not declared stop the run, on the hub's own Setting too", (_what, connection, live, difference) => {
  expect(contentFindings(connection, live)).toMatchObject([
    { isPutRight: false, line: expect.stringContaining(difference) },
  ]);
});

const TWIN = { ...DECLARED_SETTING, id: "webhooks_setting_twin" };
const OTHER_TWIN = signingSetting("other-twin", OTHER_KEY, { friendlyName: DECLARED_SETTING.friendlyName });

test.each([
  ["equals it", TWIN],
  ["differs from it", OTHER_TWIN],
])("a second Setting of a declared one's name that %s is surplus, whichever comes first", (_what, second) => {
  const signing = signingWith();
  const { rules } = declaredLive(signing);
  for (const settings of second === TWIN
    ? [[DECLARED_SETTING, second]]
    : [
        [DECLARED_SETTING, second],
        [second, DECLARED_SETTING],
      ]) {
    const found = findings({ rules, settings }, signing);
    expect(found).toMatchObject([{ isPutRight: true, line: expect.stringContaining(second.id) }]);
    const used = liveRule({ matchType: "PREFIX_MATCH", prefix: "https://forms.reri.co/" }, [[second, 100]]);
    expect(findings({ rules: [...rules, used], settings }, signing)).toEqual([]);
  }
});

test("Rules that use the second of two equal Settings are as declared, and the other one is surplus", () => {
  const signing = signingWith();
  const live = declaredLive(signing);
  const rules = live.rules.map((rule) => ({ ...rule, settings: [{ settingId: TWIN.id, percentage: 100 }] }));
  const found = findings({ rules, settings: [DECLARED_SETTING, TWIN] }, signing);
  expect(found.map(({ isPutRight }) => isPutRight)).not.toContain(false);
});

/** The findings about the declared Setting alone, with a declared and a live connection. */
function contentFindings(connection: unknown, live: unknown) {
  const signing = signingWith({ "settings.0.connection": connection });
  const { rules } = declaredLive(signing);
  return findings({ rules, settings: [LiveSetting.parse({ ...DECLARED_SETTING, connection: live })] }, signing);
}

test.each<[string, Matcher]>([
  ["another host", { matchType: "EXACT_MATCH", value: "https://old.reri.co/voice/webhook" }],
  ["another host's folder", { matchType: "PREFIX_MATCH", prefix: "https://old.reri.co/voice/" }],
])("a Rule of the hub's for %s is left for a person, and stops no run", (_what, match) => {
  const signing = signingWith();
  const live = declaredLive(signing);
  const old = liveRule(match, [[OTHER, 100]], settingTitle("old"));
  for (const [found] of [
    findings({ rules: [...live.rules, old], settings: [...live.settings, OTHER] }, signing),
    findings({ rules: [old], settings: [OTHER] }),
  ]) {
    expect(found).toMatchObject({ isPutRight: false, isLeftOver: true });
    for (const part of [old.id, "old.reri.co", "another host", "delete it at Twilio"])
      expect(found?.line).toContain(part);
  }
});
