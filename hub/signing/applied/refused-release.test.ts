import { expect, test } from "vitest";
import { Signing } from "../../config/signing.ts";
import { manifestWith, NOW } from "../../testing/config.ts";
import { DECLARED_SETTING, liveRule, liveSettingWith, signingSetting } from "../../testing/live-signing.ts";
import { KEY, OTHER_KEY, signingWith } from "../../testing/signing.ts";
import { type AcceptedSigning, acceptedSigning, TOKEN_ALONE } from "../accepted-signing.ts";
import { declaredRules, settingTitle } from "../declared-rules.ts";
import type { LiveOperation, LiveRule, LiveSetting } from "../live-rules.ts";
import { refusedRelease } from "./refused-release.ts";

const signing = signingWith();
const manifest = manifestWith({ signing });
const REFUSING = acceptedSigning(manifest);
const ACCEPTING: AcceptedSigning = { ...REFUSING, authToken: true };
const RELEASE = `sha256:${"a".repeat(64)}`;
const VOICE = "https://webhook.reri.co/voice/webhook";
const OTHER = signingSetting("other", OTHER_KEY, { friendlyName: settingTitle("other") });
const PLAIN = liveSettingWith("plain");
const SETTINGS = [DECLARED_SETTING, OTHER, PLAIN];

/** The declared Rules, each with these Settings. */
const rulesWith = (...shares: [LiveSetting, number][]): LiveRule[] =>
  declaredRules(manifest, Signing.parse(signing)).map((rule, index) => ({
    ...liveRule(rule, shares, settingTitle("rule")),
    id: `webhooks_rule_${index}`,
  }));

const operation = (resourceId: string, status: LiveOperation["status"]): LiveOperation => ({
  ...{ id: "webhooks_operation_1", resourceId, status, createdAt: "2026-11-20T11:00:00Z" },
});

function problem(
  accepted: AcceptedSigning,
  rules: readonly LiveRule[],
  { operations = [], queries = "ignored" }: { operations?: LiveOperation[]; queries?: Signing["queries"] } = {},
) {
  const live = { rules, settings: SETTINGS, operations };
  return refusedRelease({ release: RELEASE, accepted, manifest, live, queries, now: NOW });
}

test("a release that accepts every signer passes", () => {
  expect(problem(REFUSING, rulesWith([DECLARED_SETTING, 100]))).toBeUndefined();
  expect(problem(ACCEPTING, rulesWith([DECLARED_SETTING, 50], [PLAIN, 50]))).toBeUndefined();
  expect(problem(TOKEN_ALONE, [])).toBeUndefined();
});

test.each<[string, AcceptedSigning]>([
  ["without a file about signing", TOKEN_ALONE],
  ["without the key", { ...ACCEPTING, keys: [] }],
  [
    "whose key is over",
    { ...ACCEPTING, keys: ACCEPTING.keys.map((key) => ({ ...key, until: "2026-11-20T00:00:00Z" })) },
  ],
])("a release %s is refused while Twilio signs with the key", (_what, accepted) => {
  const found = problem(accepted, rulesWith([DECLARED_SETTING, 100]));
  expect(found).toMatch(/^hub:authorisation\.release: sha256:a{64} would answer 403/);
  expect(found).toContain(`the key ${KEY} (8 URLs, like ${VOICE})`);
  expect(found).not.toContain("the auth token");
});

test("a release is refused for a share of 1 %", () => {
  const rules = rulesWith([DECLARED_SETTING, 99], [OTHER, 1]);
  expect(problem(ACCEPTING, rules)).toContain(`the key ${OTHER_KEY} (8 URLs`);
});

test.each<[string, LiveRule[]]>([
  ["no Rule is live", []],
  ["a share has no key", rulesWith([DECLARED_SETTING, 99], [PLAIN, 1])],
])("a release that refuses the auth token is refused if %s", (_what, rules) => {
  const found = problem(REFUSING, rules);
  expect(found).toContain(`the auth token (8 URLs, like ${VOICE})`);
  expect(found).toContain("make the Rules first: set hub:signing.authToken to accept, run up, then refuse");
  expect(problem(ACCEPTING, rules)).toBeUndefined();
});

test("one URL without a Rule is enough", () => {
  const rules = rulesWith([DECLARED_SETTING, 100]).slice(1);
  expect(problem(REFUSING, rules)).toContain("the auth token (1 URL, https://");
});

test.each(["matched", "unprobed"] as const)("a later turn counts if queries is %s", (queries) => {
  const rules = rulesWith([DECLARED_SETTING, 100]);
  expect(problem(REFUSING, rules, { queries })).toContain("the auth token (2 URLs");
  const covered = liveRule({ matchType: "PREFIX_MATCH", prefix: "https://" }, [[DECLARED_SETTING, 100]]);
  expect(problem(REFUSING, [...rules, covered], { queries })).toBeUndefined();
});

test.each(["PENDING", "RUNNING", "FAILED", "CANCELLED"] as const)(
  "a Rule whose last change is %s may not apply yet",
  (status) => {
    const rules = rulesWith([DECLARED_SETTING, 100]);
    const operations = [operation("webhooks_rule_0", status)];
    expect(problem(REFUSING, rules, { operations })).toContain("the auth token (1 URL, ");
    expect(problem(ACCEPTING, rules, { operations })).toContain(`the key ${OTHER_KEY} (1 URL, `);
    expect(problem(REFUSING, rules, { operations: [operation("webhooks_rule_0", "COMPLETED")] })).toBeUndefined();
  },
);

test("a removed Rule whose removal is not applied may still sign with a key of the hub's", () => {
  expect(problem(TOKEN_ALONE, [], { operations: [operation("webhooks_rule_gone", "FAILED")] })).toContain(
    `the key ${KEY} (8 URLs`,
  );
});
