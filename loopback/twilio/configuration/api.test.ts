import { randomUUID, randomUUIDv7 } from "node:crypto";
import { expect, test } from "vitest";
import { basic } from "../testing/account.ts";
import { BASIC, configurationSuite, NONE } from "../testing/configuration.ts";
import { placeRule, placeSetting, placeSharedKey } from "./make.ts";

const { twilio, settingId, ask, shares, exact } = configurationSuite();

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
  expect(twilio().state.webhooks.saved.settings.size).toBe(1);
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
  const { id } = placeSetting(twilio().state.webhooks, { auth: NONE }, "SYSTEM");
  expect((await ask("GET", "Settings?type=SYSTEM")).json).toMatchObject({ settings: [{ id, type: "SYSTEM" }] });
  expect((await ask("GET", "Settings")).json).toMatchObject({ settings: [{ id: settingId() }] });
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
  const rule = [...twilio().state.webhooks.saved.rules.keys()][0];
  const inUse = { status: 409, json: { code: 59100 } };
  expect(await ask("DELETE", `SharedKeys/${key.id}`)).toMatchObject(inUse);
  expect(await ask("DELETE", `Settings/${setting.id}`)).toMatchObject(inUse);
  expect((await ask("DELETE", `Rules/${rule}`)).json).not.toHaveProperty("rule");
  for (const path of [`Settings/${setting.id}`, `SharedKeys/${key.id}`]) {
    expect((await ask("DELETE", path)).status).toBe(204);
    expect((await ask("GET", path)).json).toMatchObject({ code: 20404 });
  }
});

test("a Setting and a key apply after the delay too, and no Operation shows it", async () => {
  const { webhooks } = twilio().state;
  webhooks.delayMs = 60_000;
  const key = (await ask("POST", "SharedKeys", { body: {} })).json;
  const setting = (await ask("POST", "Settings", { body: { auth: NONE } })).json;
  const applied = () => [
    webhooks.applied().sharedKeys.has(`${key.id}`),
    webhooks.applied().settings.has(`${setting.id}`),
  ];
  expect(applied()).toEqual([false, false]);
  webhooks.finish();
  expect(applied()).toEqual([true, true]);
  expect(webhooks.operations).toEqual([]);
});

test("an account has 50 of each, and those that Twilio manages do not count", async () => {
  const { webhooks } = twilio().state;
  placeSetting(webhooks, { auth: NONE }, "SYSTEM");
  for (let count = 1; count < 49; count += 1) placeSetting(webhooks, { auth: NONE });
  expect((await ask("POST", "Settings", { body: { auth: NONE } })).status).toBe(201);
  for (let count = 0; count < 50; count += 1) {
    placeSharedKey(webhooks, `${count}`);
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
  expect(twilio().state.webhooks.saved.sharedKeys.size).toBe(1);
});

test("a refused write may be sent again with its key", async () => {
  const key = randomUUIDv7();
  const body = { matchType: "DEFAULT", settings: shares() };
  const { id } = placeRule(twilio().state.webhooks, { matchType: "DEFAULT", settings: shares() });
  expect((await ask("POST", "Rules", { body, key })).status).toBe(409);
  twilio().state.webhooks.place(({ rules }) => rules.delete(id));
  expect((await ask("POST", "Rules", { body, key })).status).toBe(202);
});

test.each(["pageSize=101", "pageSize=0", "pageSize=a", "pageToken=cnVsZXM"])(
  "a list with %s is refused",
  async (query) => {
    expect((await ask("GET", `Rules?${query}`)).json).toMatchObject({ code: 59000 });
  },
);

test("an account without the API answers 404, and credentials without the right 403", async () => {
  twilio().state.webhooks.access = "absent";
  expect(await ask("GET", "Rules")).toMatchObject({ status: 404, json: { code: 20404 } });
  twilio().state.webhooks.access = "forbidden";
  expect(await ask("POST", "SharedKeys", { body: {} })).toMatchObject({ status: 403, json: { code: 20403 } });
  expect(twilio().state.webhooks.saved.sharedKeys.size).toBe(0);
});

test("an API key is accepted until it is revoked", async () => {
  const authorization = basic("SK1:made-up-secret");
  const numbers = `https://api.twilio.com/2010-04-01/Accounts/${twilio().state.accountSid}/IncomingPhoneNumbers.json`;
  const statuses = async () => [
    (await ask("GET", "Rules", { authorization })).status,
    (await twilio().fetch(new Request(numbers, { headers: { Authorization: authorization } }))).status,
  ];
  expect(await statuses()).toEqual([401, 401]);
  twilio().state.apiKeys.set("SK1", "made-up-secret");
  expect(await statuses()).toEqual([200, 200]);
  twilio().state.apiKeys.delete("SK1");
  expect(await statuses()).toEqual([401, 401]);
});
