import { expect, test } from "vitest";
import { Signing } from "../../hub/config/signing.ts";
import { declaredRules } from "../../hub/signing/declared-rules.ts";
import { manifestWith } from "../../hub/testing/config.ts";
import { DECLARED_SETTING, liveRule } from "../../hub/testing/live-signing.ts";
import { KEY, signingWith } from "../../hub/testing/signing.ts";
import { signedCounts } from "./machine.ts";
import { queryAnswer } from "./query-answer.ts";

const MANIFEST = manifestWith({ signing: signingWith() });
const RULES = declaredRules(MANIFEST, Signing.parse(signingWith())).map((rule) =>
  liveRule(rule, [[DECLARED_SETTING, 100]]),
);
const LIVE = { rules: RULES, settings: [DECLARED_SETTING] };

const metrics = (
  key: readonly [number, number],
  token: readonly [number, number],
) => `# HELP hub_webhook_signed_total Webhooks
# TYPE hub_webhook_signed_total counter
hub_webhook_signed_total{by="auth-token",query="yes"} ${token[1]}
hub_webhook_signed_total{by="auth-token",query="no"} ${token[0]}
hub_webhook_signed_total{by="${KEY}",query="yes"} ${key[1]}
hub_webhook_signed_total{by="${KEY}",query="no"} ${key[0]}
hub_replays_total 3
`;

test("the handler's metrics give a count for each signer and query", () => {
  expect(signedCounts(metrics([4, 3], [2, 1]))).toEqual([
    { by: "auth-token", hasQuery: true, count: 1 },
    { by: "auth-token", hasQuery: false, count: 2 },
    { by: KEY, hasQuery: true, count: 3 },
    { by: KEY, hasQuery: false, count: 4 },
  ]);
});

test.each([
  ["a key signed a later turn", [9, 1], [0, 0], "ignored"],
  ["a key signed a later turn, and the token others before", [9, 1], [0, 5], "ignored"],
  ["only the token signed later turns", [9, 0], [0, 5], "matched"],
  ["only the token signed anything", [0, 0], [9, 5], "not known"],
  ["no later turn came", [9, 0], [9, 0], "not known"],
] as const)("%s", (_, key, token, answer) => {
  expect(queryAnswer(MANIFEST, LIVE, signedCounts(metrics(key, token))).answer).toBe(answer);
});

test("nothing is known without a handler, without a Rule for every call, or with a Rule that covers the later turns in any case", () => {
  const counts = signedCounts(metrics([9, 1], [0, 0]));
  const wide = liveRule({ matchType: "DEFAULT" }, [[DECLARED_SETTING, 100]]);
  expect(queryAnswer(MANIFEST, LIVE, undefined).because).toBe("no handler answers");
  expect(queryAnswer(MANIFEST, { ...LIVE, rules: [] }, counts).because).toContain("not every URL of a call");
  expect(queryAnswer(MANIFEST, { ...LIVE, rules: [...RULES, wide] }, counts).because).toContain(
    "a prefix or default Rule",
  );
});
