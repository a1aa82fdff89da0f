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
const exact = (value: string): Rule => ({ ...stamps, id: `exact ${value}`, matchType: "EXACT_MATCH", value });
const prefixed = (prefix: string): Rule => ({ ...stamps, id: `prefix ${prefix}`, matchType: "PREFIX_MATCH", prefix });
const queries = fc.constantFrom("ignored" as const, "matched" as const);

/** Rules of which many match the URL. */
function rulesFor(called: string): fc.Arbitrary<Rule[]> {
  const slashes = [...called.matchAll(/(?<!\/)\/(?!\/)/g)].map(({ index }) => called.slice(0, index + 1));
  const rule = fc.oneof(
    url.map(exact),
    folder.map(prefixed),
    fc.constantFrom(called, called.replace(/\?.*/, "")).map(exact),
    ...(slashes.length === 0 ? [] : [fc.constantFrom(...slashes).map(prefixed)]),
    fc.constant<Rule>({ ...stamps, id: "default", matchType: "DEFAULT" }),
  );
  return fc.uniqueArray(rule, { selector: ({ id }) => id, maxLength: 8 });
}

test("the Rule that Twilio applies here is the Rule that the hub works out", () => {
  const called = url.chain((to) => fc.tuple(fc.constant(to), rulesFor(to), queries));
  const seen = new Map<string, number>();
  const property = fc.property(called, ([to, all, way]) => {
    const applied = matchingRule(all, to, way);
    const kind = applied?.matchType ?? "none";
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    expect(applied).toBe(effectiveRule(to, all, way));
  });
  fc.assert(property, { numRuns: 2000 });
  for (const kind of ["DEFAULT", "EXACT_MATCH", "PREFIX_MATCH", "none"])
    expect(seen.get(kind), kind).toBeGreaterThan(100);
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
