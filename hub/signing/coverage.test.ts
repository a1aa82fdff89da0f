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

test("if the query counts, a prefix Rule covers the later turns of a call", () => {
  const rules = rulesOf({ authToken: "accept", queries: "matched" });
  expect(rules.filter((rule) => rule.matchType === "PREFIX_MATCH")).toMatchObject([
    { prefix: "https://webhook.reri.co/voice/" },
    { prefix: "https://srv1347501.tailb025a7.ts.net/" },
  ]);
});

test.each([
  ["rules.0.urls", ["smsUrl"], {}, "hub:signing.rules: no entry covers https://webhook.reri.co/voice/webhook"],
  ["queries", "unprobed", {}, "hub:signing.queries: it is unprobed"],
  ["queries", "matched", {}, "the later turns of https://srv1347501.tailb025a7.ts.net/voice alone"],
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
