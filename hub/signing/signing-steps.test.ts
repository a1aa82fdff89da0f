/**
 * The law of signing: once the steps are taken, each URL is called only with signatures that the declared release accepts, whatever Rules with the hub's
 * mark were there before, and nobody else's Rule has changed.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sized } from "../../test/support/test-form.ts";
import { Signing } from "../config/signing.ts";
import type { Manifest } from "../manifest.ts";
import { arbitraryManifest } from "../testing/arbitrary-manifest.ts";
import { NOW } from "../testing/config.ts";
import { liveRule, signingSetting } from "../testing/live-signing.ts";
import { KEY, OTHER_KEY, signingWith } from "../testing/signing.ts";
import { acceptedSigning, accepts } from "./accepted-signing.ts";
import { coverageProblem } from "./coverage.ts";
import { type Declaration, declarationOf } from "./declaration.ts";
import { type DeclaredRule, originsOf, registeredManifestUrls, settingTitle } from "./declared-rules.ts";
import { type Matcher, patternOf, possibleRules } from "./effective-rule.ts";
import { type LiveRule, type LiveSetting, type LiveSigning, signerOf } from "./live-rules.ts";
import { signingFindings } from "./signing-findings.ts";
import { isDone, type SigningSteps, signingSteps } from "./signing-steps.ts";

const CONFIGS = sized(500, 5_000);
const [FIRST_KEY] = signingWith().keys;
const BOTH = {
  keys: [FIRST_KEY, { ...Object(FIRST_KEY), id: OTHER_KEY }],
  "settings.1": { name: "second", key: OTHER_KEY },
};
const OWN = [
  signingSetting("1", KEY, { friendlyName: settingTitle("first") }),
  signingSetting("2", OTHER_KEY, { friendlyName: settingTitle("second") }),
];
const OLD = signingSetting("3", KEY, { friendlyName: settingTitle("old") });
const THEIRS = signingSetting("4", `${KEY.slice(0, -1)}x`, { friendlyName: "theirs" });

const shares = fc.oneof(
  fc.constant([{ setting: "first", percentage: 100 }]),
  fc.integer({ min: 1, max: 99 }).map((percentage) => [
    { setting: "first", percentage },
    { setting: "second", percentage: 100 - percentage },
  ]),
);
const rules = fc.oneof(
  shares.map((settings) => [{ urls: "all", settings }]),
  shares.map((settings) => [{ urls: ["voiceUrl", "smsUrl"], settings }]),
  fc.constant([]),
);
const signing = fc
  .record({
    authToken: fc.constantFrom("accept", "refuse"),
    queries: fc.constantFrom("ignored", "matched", "unprobed"),
    rules,
  })
  .map((given) => Signing.parse(signingWith({ ...BOTH, ...given })));

/** A Setting before the steps, and how each Rule that is there already uses it. */
const before = fc.record({
  settings: fc.subarray([...OWN, OLD]),
  made: fc.array(fc.record({ at: fc.nat(), uses: fc.constantFrom(...OWN, OLD, THEIRS), isStray: fc.boolean() }), {
    maxLength: 12,
  }),
});

/** The Rules of the hub's that are there already: for declared URLs, and for URLs of its hosts that are no longer declared. */
function liveBefore(
  declaration: Declaration,
  manifest: Manifest,
  given: typeof before extends fc.Arbitrary<infer Given> ? Given : never,
) {
  const found = new Map<string, LiveRule>();
  for (const { at, uses, isStray } of given.made) {
    const declared = declaration.rules[at % Math.max(declaration.rules.length, 1)];
    const match: Matcher =
      isStray || declared === undefined
        ? { matchType: "EXACT_MATCH", value: `${originsOf(manifest)[at % 2]}/earlier/${at}` }
        : declared;
    found.set(patternOf(match), {
      ...liveRule(match, [[uses, 100]], settingTitle("rule")),
      id: `rule ${patternOf(match)}`,
    });
  }
  const neighbours = [liveRule({ matchType: "PREFIX_MATCH", prefix: "https://forms.reri.co/" }, [[THEIRS, 100]])];
  const used = [...found.values()].flatMap((rule) => rule.settings.map(({ settingId }) => settingId));
  const settings = [...OWN, OLD].filter((setting) => given.settings.includes(setting) || used.includes(setting.id));
  return { neighbours, live: { rules: [...found.values(), ...neighbours], settings: [...settings, THEIRS] } };
}

/** The Rules and Settings after the steps. */
function taken(steps: SigningSteps, { rules: old, settings }: LiveSigning): LiveSigning {
  const created = OWN.filter(({ friendlyName }) => steps.settings.map(settingTitle).includes(friendlyName ?? ""));
  const all: LiveSetting[] = [...settings, ...created].filter((setting) => !steps.surplusSettings.includes(setting));
  const settingsOf = (rule: DeclaredRule): [LiveSetting, number][] =>
    rule.settings.map(({ setting, percentage }) => {
      const found = all.find(({ friendlyName }) => friendlyName === settingTitle(setting));
      if (found === undefined) throw new Error(`the Setting ${setting} is missing after the steps`);
      return [found, percentage];
    });
  const made = (rule: DeclaredRule) => ({
    ...liveRule(rule, settingsOf(rule), settingTitle("rule")),
    id: `rule ${patternOf(rule)}`,
  });
  const changed = new Map(steps.changedRules.map(({ live, rule }) => [live, made(rule)]));
  const kept = old.filter((rule) => !steps.surplusRules.includes(rule)).map((rule) => changed.get(rule) ?? rule);
  return { settings: all, rules: [...kept, ...steps.newRules.map(made)] };
}

test("after the steps nothing is left to do, each URL has an accepted signature, and a neighbour's Rule is as it was", () => {
  let refusing = 0;
  fc.assert(
    fc.property(arbitraryManifest, signing, before, (base, declared, given) => {
      fc.pre(coverageProblem(base, declared) === undefined);
      if (declared.authToken === "refuse") refusing += 1;
      const { accountSid, authToken } = base.secrets;
      const secrets = {
        accountSid,
        ...(authToken && declared.authToken === "accept" && { authToken }),
        signingKeys: declared.keys,
      };
      const manifest = { ...base, secrets };
      const declaration = declarationOf(manifest, declared);
      const { live, neighbours } = liveBefore(declaration, manifest, given);
      const after = taken(signingSteps(declaration, live, originsOf(manifest)), live);

      expect(isDone(signingSteps(declaration, after, originsOf(manifest)))).toBe(true);
      expect(signingFindings({ manifest, signing: declared, live: after, now: NOW })).toEqual([]);
      expect(after.rules).toEqual(expect.arrayContaining(neighbours));
      const accepted = acceptedSigning(manifest);
      expect(accepted.urls.length).toBeGreaterThanOrEqual(registeredManifestUrls(manifest).length);
      for (const url of accepted.urls) {
        for (const rule of possibleRules(url, after.rules, declared.queries)) {
          const used = rule?.settings.map(({ settingId }) => after.settings.find(({ id }) => id === settingId)) ?? [{}];
          for (const setting of used) expect(accepts(accepted, signerOf(setting ?? {}), NOW), url).toBe(true);
        }
      }
    }),
    { numRuns: CONFIGS },
  );
  expect(refusing).toBeGreaterThan(0);
});
