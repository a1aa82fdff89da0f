import { expect, test } from "vitest";
import { effectiveRule, type Matcher, possibleRules } from "./effective-rule.ts";

const exact = (value: string): Matcher => ({ matchType: "EXACT_MATCH", value });
const prefix = (text: string): Matcher => ({ matchType: "PREFIX_MATCH", prefix: text });
const DEFAULT: Matcher = { matchType: "DEFAULT" };
const URL_ = "https://webhook.reri.co/voice/webhook";

test.each<[string, Matcher[], Matcher | undefined]>([
  ["no Rule", [], undefined],
  ["the default alone", [DEFAULT], DEFAULT],
  ["a prefix before the default", [DEFAULT, prefix("https://webhook.reri.co/")], prefix("https://webhook.reri.co/")],
  [
    "the longest prefix",
    [prefix("https://webhook.reri.co/"), prefix("https://webhook.reri.co/voice/")],
    prefix("https://webhook.reri.co/voice/"),
  ],
  ["an exact Rule before a prefix", [prefix("https://webhook.reri.co/voice/"), exact(URL_)], exact(URL_)],
  ["another host", [prefix("https://webhook.reri.com/"), exact(`${URL_}s`)], undefined],
])("%s", (_what, rules, expected) => {
  expect(effectiveRule(URL_, rules, "matched")).toEqual(expected);
  expect(effectiveRule(`${URL_}#rc=2`, rules, "matched")).toEqual(expected);
});

test("a query counts or does not", () => {
  const rules = [exact(URL_), DEFAULT];
  expect(effectiveRule(`${URL_}?turn=1`, rules, "ignored")).toEqual(exact(URL_));
  expect(effectiveRule(`${URL_}?turn=1`, rules, "matched")).toEqual(DEFAULT);
});

test("if it is not known whether a query counts, every Rule that may apply is returned", () => {
  const parts = { id: "webhooks_rule_1", settings: [] };
  const rule = { ...parts, matchType: "EXACT_MATCH" as const, value: URL_ };
  expect(possibleRules(`${URL_}?turn=1`, [rule], "unprobed")).toEqual([rule, undefined]);
  expect(possibleRules(URL_, [rule], "unprobed")).toEqual([rule]);
});
