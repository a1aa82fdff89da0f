import { expect, test } from "vitest";
import { Signing } from "../config/signing.ts";
import { manifestWith, messageOf } from "../testing/config.ts";
import { signingWith } from "../testing/signing.ts";
import { declaredRules, registeredManifestUrls } from "./declared-rules.ts";

const manifest = manifestWith();
const rulesOf = (changes: Record<string, unknown>) => declaredRules(manifest, Signing.parse(signingWith(changes)));

test("each registered URL gets an exact Rule, the fallbacks too", () => {
  const urls = registeredManifestUrls(manifest).map(({ url }) => url);
  expect(urls).toContain("https://webhook.reri.co/voice/webhook");
  expect(urls).toContain("https://srv1347501.tailb025a7.ts.net/voice");
  expect(urls).toHaveLength(8);
  expect(rulesOf({})).toEqual(
    urls.map((value) => ({
      matchType: "EXACT_MATCH",
      value,
      settings: [{ setting: "first", percentage: 100 }],
    })),
  );
});

test("roles select URLs", () => {
  const rules = rulesOf({ "rules.0.urls": ["smsUrl"] });
  expect(rules).toMatchObject([{ value: "https://webhook.reri.co/sms/webhook" }]);
});

const CANONICAL_ALONE = { "hosts.funnel.registerFallback": false };

test("if the query counts, a prefix Rule covers the later turns of a call", () => {
  const signing = signingWith({ authToken: "accept", queries: "matched" });
  const rules = declaredRules(manifestWith({ ...CANONICAL_ALONE, signing }), Signing.parse(signing));
  expect(rules.filter((rule) => rule.matchType === "PREFIX_MATCH")).toMatchObject([
    { prefix: "https://webhook.reri.co/voice/" },
  ]);
});

const FOLDER = ["voiceUrl", "statusCallback", "recordingStatusCallback", "transcribeCallback"];

test.each(["accept", "refuse"])(
  "no prefix Rule is for more URLs than declared, if the auth token is %s",
  (authToken) => {
    const shares = signingWith().rules[0]?.settings;
    const refusalOf = (changes: Record<string, unknown>, base = {}) =>
      messageOf(() => manifestWith({ ...base, signing: signingWith({ authToken, queries: "matched", ...changes }) }));
    expect(refusalOf({})).toContain("the prefix Rule for https://srv1347501.tailb025a7.ts.net/ would match");
    if (authToken === "refuse") return;
    expect(refusalOf({ "rules.0.urls": ["voiceFallbackUrl"] })).toContain("the prefix Rule for https://srv1347501");
    const partly = refusalOf({ "rules.0.urls": FOLDER.slice(0, 3) }, CANONICAL_ALONE);
    expect(partly).toContain("the prefix Rule for https://webhook.reri.co/voice/");
    expect(partly).toContain("https://webhook.reri.co/voice/transcription");
    expect(partly).toContain("transcribeCallback");
    for (const urls of [[FOLDER], [FOLDER.slice(0, 2), FOLDER.slice(2)], [["smsUrl"]]]) {
      const rules = urls.map((roles) => ({ urls: roles, settings: shares }));
      const signing = signingWith({ authToken, queries: "matched", rules });
      expect(manifestWith({ signing }).secrets.authToken).toBeDefined();
    }
  },
);

test.each([
  ["rules.0.urls", ["smsUrl"], {}, "hub:signing.rules: no entry covers https://webhook.reri.co/voice/webhook"],
  ["queries", "unprobed", {}, "hub:signing.queries: it is unprobed"],
])("without the auth token, %s: %j is refused", (path, value, others, message) => {
  const signing = signingWith({ [path]: value, ...others });
  expect(messageOf(() => manifestWith({ signing }))).toContain(message);
  expect(manifestWith({ signing: { ...signing, authToken: "accept" } }).secrets.authToken).toBeDefined();
});

test("a manifest that refuses the auth token does not hold its reference", () => {
  const { secrets } = manifestWith({ signing: signingWith() });
  expect(JSON.stringify(secrets)).not.toContain("auth-token");
  expect(secrets).toMatchObject({ signingKeys: signingWith().keys, gateFileKey: signingWith().gateFileKey });
});

test("without hub:signing the manifest is as it was", () => {
  expect(Object.keys(manifest.secrets)).toEqual(["accountSid", "authToken"]);
});
