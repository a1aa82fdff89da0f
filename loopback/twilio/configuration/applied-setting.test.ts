import fc from "fast-check";
import { expect, test } from "vitest";
import { effectiveRule } from "../../../hub/signing/effective-rule.ts";
import { matchingRule, nextSetting } from "./applied-setting.ts";
import { placeRule, placeSetting, placeSharedKey } from "./make.ts";
import type { Rule } from "./resources.ts";
import { WebhooksConfiguration } from "./state.ts";

const stamps = { friendlyName: "", settings: [], createdAt: "", updatedAt: "" };
const segment = fc.constantFrom("a", "b", "ab");
const path = fc.array(segment, { maxLength: 3 });
const host = fc.constantFrom("https://a.example", "https://a.example.com", "http://a.example");
const query = fc.constantFrom("", "?turn=1", "?turn=1&b=/", "?");
const url = fc.tuple(host, path, query).map(([origin, parts, search]) => `${[origin, ...parts].join("/")}${search}`);
const folder = fc.tuple(host, path).map(([origin, parts]) => `${[origin, ...parts].join("/")}/`);
const rule: fc.Arbitrary<Rule> = fc.oneof(
  url.map((value) => ({ ...stamps, id: `exact ${value}`, matchType: "EXACT_MATCH" as const, value })),
  folder.map((prefix) => ({ ...stamps, id: `prefix ${prefix}`, matchType: "PREFIX_MATCH" as const, prefix })),
  fc.constant({ ...stamps, id: "default", matchType: "DEFAULT" as const }),
);
const rules = fc.uniqueArray(rule, { selector: ({ id }) => id, maxLength: 8 });
const queries = fc.constantFrom("ignored" as const, "matched" as const);

test("the Rule that Twilio applies here is the Rule that the hub works out", () => {
  const seen = new Set<string>();
  const property = fc.property(rules, url, queries, (all, called, way) => {
    const applied = matchingRule(all, called, way);
    seen.add(applied?.matchType ?? "none");
    expect(applied).toBe(effectiveRule(called, all, way));
  });
  fc.assert(property, { numRuns: 2000 });
  expect([...seen].toSorted()).toEqual(["DEFAULT", "EXACT_MATCH", "PREFIX_MATCH", "none"]);
});

test.each([1, 5, 50, 99])("the second of two Settings has %i %% of any hundred webhooks in a row", (percentage) => {
  const configuration = new WebhooksConfiguration();
  const [first, second] = ["one", "two"].map((name) => {
    const sharedKeyId = placeSharedKey(configuration, name).id;
    const signature = { type: "SHARED_KEY" as const, sharedKeyId, algorithm: "HMAC_SHA256" as const };
    return placeSetting(configuration, { auth: { source: "INLINE", value: { scheme: "NONE" } }, signature }).id;
  });
  if (first === undefined || second === undefined) throw new Error("two Settings are needed");
  const shares = [
    { settingId: first, percentage: 100 - percentage },
    { settingId: second, percentage },
  ];
  placeRule(configuration, { matchType: "DEFAULT", settings: shares });
  const chosen = Array.from({ length: 250 }, () => nextSetting(configuration, "https://a.example/")?.setting.id);
  for (const start of [0, 37, 150]) {
    const hundred = chosen.slice(start, start + 100);
    expect(hundred.filter((id) => id === second)).toHaveLength(percentage);
    expect(hundred.filter((id) => id === first)).toHaveLength(100 - percentage);
  }
});
