import { expect, test } from "vitest";
import { Signing } from "../config/signing.ts";
import { manifestWith, NOW } from "../testing/config.ts";
import { DECLARED_SETTING, liveRule } from "../testing/live-signing.ts";
import { KEY, signingWith } from "../testing/signing.ts";
import { type AcceptedSigning, acceptedSigning, TOKEN_ALONE } from "./accepted-signing.ts";
import { declarationOf, declarationVariables, parseDeclaration } from "./declaration.ts";
import { originsOf, settingTitle } from "./declared-rules.ts";
import { refusedChange } from "./refused-change.ts";
import { isDone, signingSteps } from "./signing-steps.ts";

const signing = signingWith();
const manifest = manifestWith({ signing });
const ORIGINS = originsOf(manifest);
const declaration = declarationOf(manifest, Signing.parse(signing));
const EMPTY = { ...declaration, settings: new Map(), rules: [] };
const NOTHING = { rules: [], settings: [] };
const LIVE = {
  rules: declaration.rules.map((rule) => liveRule(rule, [[DECLARED_SETTING, 100]], settingTitle("voice"))),
  settings: [DECLARED_SETTING],
};
const accepting = acceptedSigning(manifest);
const withKey = (change: Partial<AcceptedSigning["keys"][number]>): AcceptedSigning => ({
  ...accepting,
  keys: accepting.keys.map((key) => ({ ...key, ...change })),
});

const made = (running: AcceptedSigning | "nothing") =>
  refusedChange(signingSteps(declaration, NOTHING, ORIGINS), declaration, NOTHING, running, NOW);
const removed = (running: AcceptedSigning | "nothing") =>
  refusedChange(signingSteps(EMPTY, LIVE, ORIGINS), EMPTY, LIVE, running, NOW);

test("Rules are made if the running release accepts their keys", () => {
  expect(made(accepting)).toBeUndefined();
});

test.each<[string, AcceptedSigning | "nothing", string]>([
  ["knows no key", TOKEN_ALONE, `does not accept the key ${KEY}`],
  ["knows another key", { ...accepting, keys: [] }, `does not accept the key ${KEY}`],
  ["accepts the key only later", withKey({ from: "2027-01-01T00:00:00Z" }), `does not accept the key ${KEY}`],
  ["no longer accepts the key", withKey({ until: "2026-11-20T00:00:00Z" }), `does not accept the key ${KEY}`],
  ["accepts the key until a day", withKey({ until: "2027-01-01T00:00:00Z" }), `${KEY} only until 2027-01-01T00:00:00Z`],
  ["has a key that expired", withKey({ until: "2026-11-20T00:00:00Z" }), "expired since 2026-11-20T00:00:00Z"],
  ["does not run", "nothing", "no release runs"],
])("no Rule is made if the running release %s", (_what, running, reason) => {
  expect(made(running)).toMatch(/^hub:signing\.rules: the Rule for https:.*authorise the staged release first/);
  expect(made(running)).toContain(reason);
});

test("a changed Rule is held to the same", () => {
  const live = {
    ...LIVE,
    rules: LIVE.rules.map((rule) => ({ ...rule, settings: [{ settingId: "other", percentage: 100 }] })),
  };
  const steps = signingSteps(declaration, live, ORIGINS);
  expect(steps.changedRules).toHaveLength(declaration.rules.length);
  expect(refusedChange(steps, declaration, live, TOKEN_ALONE, NOW)).toContain(KEY);
});

test("Rules are removed only if the running release accepts the auth token, or if none runs", () => {
  expect(removed({ ...accepting, authToken: true })).toBeUndefined();
  expect(removed("nothing")).toBeUndefined();
  expect(removed(accepting)).toContain("does not accept the signature that https://webhook.reri.co/voice/webhook");
});

test("a Rule for a URL that the running release was not given may go", () => {
  const elsewhere = accepting.urls.map((url) =>
    url
      .replace("/voice/", "/calls/")
      .replace("/sms/", "/texts/")
      .replace(/ts\.net\/(voice|sms)/, "ts.net/other"),
  );
  expect(removed({ ...accepting, urls: elsewhere })).toBeUndefined();
});

test("the declaration survives its variables", () => {
  for (const changes of [
    {},
    { authToken: "accept", queries: "matched" },
    { authToken: "accept", rules: [], settings: [] },
  ]) {
    const parsed = declarationOf(manifest, Signing.parse(signingWith(changes)));
    const read = parseDeclaration({ ...declarationVariables(parsed) });
    expect(read.rules).toHaveLength(parsed.rules.length);
    expect(read).toEqual({ ...parsed, rules: expect.arrayContaining([...parsed.rules]) });
  }
});

test("what is as declared needs no step, and a neighbour's Rule and Setting are no step", () => {
  const other = { ...DECLARED_SETTING, id: "webhooks_setting_other", friendlyName: "other" };
  const neighbours = [
    liveRule({ matchType: "DEFAULT" }, [[other, 100]], settingTitle("a default with the hub's mark")),
    liveRule(
      { matchType: "PREFIX_MATCH", prefix: "https://forms.reri.co/" },
      [[other, 100]],
      settingTitle("elsewhere"),
    ),
    liveRule({ matchType: "EXACT_MATCH", value: "https://webhook.reri.co/crm" }, [[other, 100]]),
  ];
  const live = { rules: [...LIVE.rules, ...neighbours], settings: [...LIVE.settings, other] };
  expect(isDone(signingSteps(declaration, live, ORIGINS))).toBe(true);
  const { surplusRules, surplusSettings } = signingSteps(EMPTY, live, ORIGINS);
  expect(surplusRules).toEqual(LIVE.rules);
  expect(surplusSettings).toEqual(LIVE.settings);
});

test("a Setting that a Rule still uses stays", () => {
  const shared = liveRule({ matchType: "DEFAULT" }, [[DECLARED_SETTING, 100]]);
  const live = { ...LIVE, rules: [...LIVE.rules, shared] };
  expect(signingSteps(EMPTY, live, ORIGINS).surplusSettings).toEqual([]);
});
