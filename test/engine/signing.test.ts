/** Twilio's webhook Rules and Settings: whatever is not declared and changes the hub's webhooks stops a run, is drift, and is named. */
import { afterEach, beforeAll, expect, test } from "vitest";
import { placeRule, placeSetting, placeSharedKey } from "../../loopback/twilio/configuration/make.ts";
import { changesIn, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();
const configuration = () => stack().cloud.twilio.state.webhooks;
const NONE = { source: "INLINE" as const, value: { scheme: "NONE" as const } };
const HOST = "https://webhook.reri.co";

beforeAll(() => stack().apply());
afterEach(() => {
  configuration().access = "available";
  configuration().place(({ rules, settings }) => {
    rules.clear();
    settings.clear();
  });
});

/** Settings of somebody else, each with one effect, and its name in messages. */
function foreignSettings() {
  const { id: sharedKeyId } = placeSharedKey(configuration(), "theirs");
  const signature = { type: "SHARED_KEY" as const, sharedKeyId, algorithm: "HMAC_SHA256" as const };
  const basic = { source: "INLINE" as const, value: { scheme: "BASIC" as const, username: "u", password: "made-up" } };
  const connection = { connectTimeoutMs: 5_000, readTimeoutMs: 1_000 };
  return {
    key: {
      id: placeSetting(configuration(), { auth: NONE, signature }).id,
      effect: `signed with the key ${sharedKeyId}`,
    },
    basic: { id: placeSetting(configuration(), { auth: basic }).id, effect: "a user name and a password (Basic)" },
    short: {
      id: placeSetting(configuration(), { auth: NONE, connection }).id,
      effect: "given up 1 s after they were sent",
    },
    plain: { id: placeSetting(configuration(), { auth: NONE }).id, effect: "" },
  };
}

/** Rules of somebody else of every kind, and the texts by which each must be named. */
function placeForeignRules(): string[] {
  const { key, basic, short, plain } = foreignSettings();
  const shares = (id: string, percentage = 100) => [
    { settingId: id, percentage },
    ...(percentage < 100 ? [{ settingId: plain.id, percentage: 100 - percentage }] : []),
  ];
  const placed = [
    placeRule(configuration(), {
      matchType: "EXACT_MATCH",
      value: `${HOST}/voice/webhook`,
      settings: shares(basic.id),
    }),
    placeRule(configuration(), { matchType: "PREFIX_MATCH", prefix: `${HOST}/sms/`, settings: shares(short.id, 1) }),
    placeRule(configuration(), { matchType: "DEFAULT", settings: shares(key.id) }),
  ];
  return [
    ...placed.flatMap(({ id, createdAt }) => [id, createdAt]),
    `100 % of the webhooks are sent with ${basic.effect}`,
    `1 % of the webhooks are ${short.effect}`,
    `100 % of the webhooks are ${key.effect}`,
  ];
}

test("foreign Rules stop a preview and an up before any change, and are drift, each named", async () => {
  const named = placeForeignRules();
  const changes = changesIn(stack()).length;
  for (const [verb, code] of [
    ["preview", 1],
    ["drift", 7],
  ] as const) {
    const result = await stack().pulumi([verb]);
    expect(result.code, outputOf(result)).toBe(code);
    for (const text of named) expect(outputOf(result)).toContain(text);
  }
  const up = await stack().bareUp();
  expect(up.code).not.toBe(0);
  for (const text of named) expect(outputOf(up)).toContain(text);
  expect(changesIn(stack())).toHaveLength(changes);
});

test("a neighbour's Rule stops nothing", async () => {
  const { key } = foreignSettings();
  const settings = [{ settingId: key.id, percentage: 100 }];
  placeRule(configuration(), { matchType: "PREFIX_MATCH", prefix: "https://forms.reri.co/", settings });
  const result = await stack().pulumi(["drift"]);
  expect(result.code, outputOf(result)).toBe(0);
});

test("an account whose Rules cannot be read is said once, and a drift check of it is not clean", async () => {
  configuration().access = "forbidden";
  const preview = await stack().pulumi(["preview"]);
  expect(preview.code, outputOf(preview)).toBe(0);
  // The engine shows a warning once as it comes, and once at the end.
  const [, summary = ""] = preview.stdout.split("Diagnostics:");
  expect(summary.match(/Rules and Settings were not looked at: Twilio answered 403/g)).toHaveLength(1);
  configuration().access = "absent";
  const drift = await stack().pulumi(["drift"]);
  expect(drift.code, outputOf(drift)).toBe(1);
  expect(outputOf(drift)).toContain("so this check is not clean: Twilio answered 404");
});
