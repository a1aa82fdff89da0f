import { randomUUID, randomUUIDv7 } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { TwilioApi } from "../api/api.ts";
import { AUTHORIZATION, basic, testApi } from "../testing/account.ts";
import { placeRule, placeSetting, placeSharedKey } from "./make.ts";

const BASE = "https://webhooks.twilio.com/v1/Webhooks";
const NONE = { source: "INLINE" as const, value: { scheme: "NONE" as const } };
const BASIC = { source: "INLINE" as const, value: { scheme: "BASIC" as const, username: "u", password: "made-up" } };
const Operation = z.looseObject({ id: z.string() });
const Answer = z.looseObject({ id: z.string(), operation: Operation, secret: z.string() }).partial();

let twilio: TwilioApi;
let settingId: string;

beforeEach(() => {
  twilio = testApi();
  settingId = placeSetting(twilio.state.webhooks, { auth: NONE }).id;
});

interface Options {
  readonly body?: unknown;
  readonly key?: string;
  readonly authorization?: string;
}

async function ask(method: string, path: string, { body, key, authorization = AUTHORIZATION }: Options = {}) {
  const headers = { Authorization: authorization, ...(key !== undefined && { "Idempotency-Key": key }) };
  const sent = body === undefined ? null : JSON.stringify(body);
  const response = await twilio.fetch(new Request(`${BASE}/${path}`, { method, headers, body: sent }));
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: Answer.parse(text === "" ? {} : JSON.parse(text)),
  };
}

const shares = (id = settingId) => [{ settingId: id, percentage: 100 }];
const exact = (value: string) => ({ matchType: "EXACT_MATCH", value, settings: shares() });

test("a Rule is saved at once, and completes after the delay", async () => {
  twilio.state.webhooks.delayMs = 40;
  const { status, headers, json } = await ask("POST", "Rules", { body: exact("https://a.example/voice") });
  expect(status).toBe(202);
  expect(json).toMatchObject({
    operation: {
      status: "PENDING",
      retentionPeriod: "P7D",
      resourceId: expect.stringMatching(/^webhooks_rule_.{26}$/),
    },
    rule: { matchType: "EXACT_MATCH", value: "https://a.example/voice", settings: shares() },
  });
  const operation = `Operations/${json.operation?.id}`;
  expect(headers.get("Location")).toBe(`${BASE}/${operation}`);
  expect(headers.get("Operation-Id")).toBe(json.operation?.id);
  expect(twilio.state.webhooks.applied().rules.size).toBe(0);
  await pause(60);
  expect((await ask("GET", operation)).json).toMatchObject({ status: "COMPLETED", completedAt: expect.any(String) });
  expect(twilio.state.webhooks.applied().rules.size).toBe(1);
});

test.each(["FAILED", "CANCELLED"] as const)(
  "a change whose Operation is %s is saved, and never applies",
  async (end) => {
    twilio.state.webhooks.delayMs = 1;
    twilio.state.webhooks.ends.push(end);
    const { json } = await ask("POST", "Rules", { body: exact("https://a.example/voice") });
    await pause(5);
    const ended = (await ask("GET", `Operations/${json.operation?.id}`)).json;
    expect(ended).toMatchObject({ status: end, ...(end === "FAILED" && { error: { code: 20500 } }) });
    expect(twilio.state.webhooks.saved.rules.size).toBe(1);
    expect(twilio.state.webhooks.applied().rules.size).toBe(0);
  },
);

test("a delay is never nothing", () => {
  expect(() => {
    twilio.state.webhooks.delayMs = 0;
  }).toThrow(RangeError);
});

const BAD_RULES: [string, object, number, number][] = [
  ["an exact Rule without a value", { matchType: "EXACT_MATCH" }, 400, 59000],
  ["an exact Rule with a / at its end", { matchType: "EXACT_MATCH", value: "https://a.example/" }, 400, 59000],
  ["a prefix without a / at its end", { matchType: "PREFIX_MATCH", prefix: "https://a.example/a" }, 400, 59000],
  ["a special character", { matchType: "PREFIX_MATCH", prefix: "https://*.example/" }, 400, 59000],
  ["an unknown type", { matchType: "REGEX", value: "a" }, 400, 59000],
  ["no Settings", { matchType: "DEFAULT", settings: [] }, 400, 59000],
  ["less than 100 %", { matchType: "DEFAULT", settings: [{ settingId: "s", percentage: 99 }] }, 400, 59000],
  ["three Settings", { settings: [34, 33, 33].map((percentage) => ({ settingId: "s", percentage })) }, 400, 59000],
  ["an unknown Setting", { matchType: "DEFAULT", settings: [{ settingId: "s", percentage: 100 }] }, 422, 59201],
];

test.each(BAD_RULES)("%s is refused", async (_what, changes, status, code) => {
  const body = { matchType: "DEFAULT", settings: shares(), ...changes };
  const refused = await ask("POST", "Rules", { body });
  expect(refused).toMatchObject({ status, json: { code, status, detail: expect.any(String) } });
  expect(refused.headers.get("Content-Type")).toBe("application/problem+json");
  expect(twilio.state.webhooks.saved.rules.size).toBe(0);
});

test("a default Rule cannot use Basic authentication, and an exact one can", async () => {
  const settings = shares(placeSetting(twilio.state.webhooks, { auth: BASIC }).id);
  expect(await ask("POST", "Rules", { body: { matchType: "DEFAULT", settings } })).toMatchObject({
    json: { code: 59202 },
  });
  expect((await ask("POST", "Rules", { body: { ...exact("https://a.example"), settings } })).status).toBe(202);
});

test("two Rules cannot match the same", async () => {
  placeRule(twilio.state.webhooks, { matchType: "EXACT_MATCH", value: "https://a.example/a", settings: shares() });
  const other = placeRule(twilio.state.webhooks, { matchType: "DEFAULT", settings: shares() });
  const refused = { status: 409, json: { code: 59103 } };
  expect(await ask("POST", "Rules", { body: exact("https://a.example/a") })).toMatchObject(refused);
  expect(await ask("POST", "Rules", { body: { matchType: "DEFAULT", settings: shares() } })).toMatchObject(refused);
  const moved = { matchType: "EXACT_MATCH", value: "https://a.example/a" };
  expect(await ask("PATCH", `Rules/${other.id}`, { body: moved })).toMatchObject(refused);
});

test("a PATCH changes a Rule's Settings, or its match as a whole", async () => {
  const { id } = placeRule(twilio.state.webhooks, { matchType: "DEFAULT", settings: shares() });
  const two = [
    { settingId, percentage: 95 },
    { settingId: placeSetting(twilio.state.webhooks, { auth: NONE }).id, percentage: 5 },
  ];
  expect((await ask("PATCH", `Rules/${id}`, { body: { settings: two } })).json).toMatchObject({
    rule: { id, settings: two },
  });
  const moved = await ask("PATCH", `Rules/${id}`, {
    body: { matchType: "PREFIX_MATCH", prefix: "https://a.example/" },
  });
  expect(moved.json).toMatchObject({ rule: { id, settings: two, prefix: "https://a.example/" } });
  expect((await ask("PATCH", `Rules/${id}`, { body: { matchType: "EXACT_MATCH" } })).status).toBe(400);
});

test.each([
  ["no auth", {}, 59000],
  ["an unknown source", { auth: { source: "NONE" } }, 59000],
  ["a profile that does not exist", { auth: { source: "REFERENCE", authProfileId: "p" } }, 59201],
  ["too short a time-out", { auth: NONE, connection: { connectTimeoutMs: 99, readTimeoutMs: 100 } }, 59000],
  ["too long a time-out", { auth: NONE, connection: { connectTimeoutMs: 100, readTimeoutMs: 15_001 } }, 59000],
  [
    "a key that does not exist",
    { auth: NONE, signature: { type: "SHARED_KEY", sharedKeyId: "k", algorithm: "HMAC_SHA256" } },
    59201,
  ],
  [
    "an unknown algorithm",
    { auth: NONE, signature: { type: "SHARED_KEY", sharedKeyId: "k", algorithm: "MD5" } },
    59000,
  ],
])("a Setting with %s is refused", async (_what, body, code) => {
  expect((await ask("POST", "Settings", { body })).json).toMatchObject({ code });
  expect(twilio.state.webhooks.saved.settings.size).toBe(1);
});

test("a Setting keeps its passwords to itself, and only its name changes", async () => {
  const { status, json } = await ask("POST", "Settings", { body: { auth: BASIC, friendlyName: "one" } });
  expect(status).toBe(201);
  expect(JSON.stringify(json)).not.toContain("made-up");
  expect((await ask("PATCH", `Settings/${json.id}`, { body: { friendlyName: "two" } })).json).toMatchObject({
    friendlyName: "two",
  });
  expect((await ask("PATCH", `Settings/${json.id}`, { body: { auth: NONE } })).status).toBe(400);
  expect((await ask("GET", `Settings/${json.id}`)).json).toMatchObject({
    friendlyName: "two",
    auth: { value: { scheme: "BASIC" } },
  });
});

test("a Setting of Twilio's own is listed apart, and cannot be changed", async () => {
  const { id } = placeSetting(twilio.state.webhooks, { auth: NONE }, "SYSTEM");
  expect((await ask("GET", "Settings?type=SYSTEM")).json).toMatchObject({ settings: [{ id, type: "SYSTEM" }] });
  expect((await ask("GET", "Settings")).json).toMatchObject({ settings: [{ id: settingId }] });
  for (const method of ["PATCH", "DELETE"]) {
    expect((await ask(method, `Settings/${id}`, { body: {} })).json).toMatchObject({ code: 59101 });
  }
});

test("a key's secret is shown once; what is in use cannot be deleted", async () => {
  const key = (await ask("POST", "SharedKeys", { body: { friendlyName: "key" } })).json;
  expect(key.secret).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.stringify((await ask("GET", "SharedKeys")).json)).not.toContain(key.secret);
  expect((await ask("GET", `SharedKeys/${key.id}`)).json).not.toHaveProperty("secret");
  const signature = { type: "SHARED_KEY", sharedKeyId: key.id, algorithm: "HMAC_SHA256" };
  const setting = (await ask("POST", "Settings", { body: { auth: NONE, signature } })).json;
  const body = { matchType: "DEFAULT", settings: shares(setting.id) };
  await ask("POST", "Rules", { body });
  const rule = [...twilio.state.webhooks.saved.rules.keys()][0];
  const inUse = { status: 409, json: { code: 59100 } };
  expect(await ask("DELETE", `SharedKeys/${key.id}`)).toMatchObject(inUse);
  expect(await ask("DELETE", `Settings/${setting.id}`)).toMatchObject(inUse);
  expect((await ask("DELETE", `Rules/${rule}`)).json).not.toHaveProperty("rule");
  for (const path of [`Settings/${setting.id}`, `SharedKeys/${key.id}`]) {
    expect((await ask("DELETE", path)).status).toBe(204);
    expect((await ask("GET", path)).json).toMatchObject({ code: 20404 });
  }
});

test("an account has 50 of each", async () => {
  const { webhooks } = twilio.state;
  for (let count = 0; count < 50; count += 1) {
    placeSharedKey(webhooks, `${count}`);
    if (count > 0) placeSetting(webhooks, { auth: NONE });
    placeRule(webhooks, { matchType: "EXACT_MATCH", value: `https://a.example/${count}`, settings: shares() });
  }
  const refused = { status: 422, json: { code: 59200 } };
  expect(await ask("POST", "SharedKeys", { body: {} })).toMatchObject(refused);
  expect(await ask("POST", "Settings", { body: { auth: NONE } })).toMatchObject(refused);
  expect(await ask("POST", "Rules", { body: exact("https://a.example/50") })).toMatchObject(refused);
});

test("a write with an earlier key answers as the earlier one did, and changes nothing", async () => {
  const key = randomUUIDv7();
  const first = await ask("POST", "SharedKeys", { body: { friendlyName: "a" }, key });
  expect((await ask("POST", "SharedKeys", { body: { friendlyName: "a" }, key })).json).toEqual(first.json);
  expect((await ask("POST", "SharedKeys", { body: { friendlyName: "b" }, key })).status).toBe(400);
  expect((await ask("POST", "SharedKeys", { body: { friendlyName: "a" }, key: randomUUID() })).status).toBe(400);
  expect(twilio.state.webhooks.saved.sharedKeys.size).toBe(1);
});

test("a refused write may be sent again with its key", async () => {
  const key = randomUUIDv7();
  const body = { matchType: "DEFAULT", settings: shares() };
  const { id } = placeRule(twilio.state.webhooks, { matchType: "DEFAULT", settings: shares() });
  expect((await ask("POST", "Rules", { body, key })).status).toBe(409);
  twilio.state.webhooks.place(({ rules }) => rules.delete(id));
  expect((await ask("POST", "Rules", { body, key })).status).toBe(202);
});

test.each(["pageSize=101", "pageSize=0", "pageSize=a", "pageToken=cnVsZXM"])(
  "a list with %s is refused",
  async (query) => {
    expect((await ask("GET", `Rules?${query}`)).json).toMatchObject({ code: 59000 });
  },
);

test("an account without the API answers 404, and credentials without the right 403", async () => {
  twilio.state.webhooks.access = "absent";
  expect(await ask("GET", "Rules")).toMatchObject({ status: 404, json: { code: 20404 } });
  twilio.state.webhooks.access = "forbidden";
  expect(await ask("POST", "SharedKeys", { body: {} })).toMatchObject({ status: 403, json: { code: 20403 } });
  expect(twilio.state.webhooks.saved.sharedKeys.size).toBe(0);
});

test("an API key is accepted until it is revoked", async () => {
  const authorization = basic("SK1:made-up-secret");
  const numbers = `https://api.twilio.com/2010-04-01/Accounts/${twilio.state.accountSid}/IncomingPhoneNumbers.json`;
  const statuses = async () => [
    (await ask("GET", "Rules", { authorization })).status,
    (await twilio.fetch(new Request(numbers, { headers: { Authorization: authorization } }))).status,
  ];
  expect(await statuses()).toEqual([401, 401]);
  twilio.state.apiKeys.set("SK1", "made-up-secret");
  expect(await statuses()).toEqual([200, 200]);
  twilio.state.apiKeys.delete("SK1");
  expect(await statuses()).toEqual([401, 401]);
});
