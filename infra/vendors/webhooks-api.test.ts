import { randomUUIDv7 } from "node:crypto";
import { Agent } from "node:https";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UserError } from "../../hub/values/user-error.ts";
import type { TwilioApi } from "../../loopback/twilio/api/api.ts";
import { placeRule, placeSetting } from "../../loopback/twilio/configuration/make.ts";
import { startTwilioProxy, type TwilioProxy } from "../../loopback/twilio/proxy/proxy.ts";
import { ACCOUNT, TOKEN, testApi } from "../../loopback/twilio/testing/account.ts";
import { type WebhooksAccess, WebhooksApiUnavailable, webhooksApi } from "./webhooks-api.ts";

const NONE = { source: "INLINE" as const, value: { scheme: "NONE" as const } };
const URL_ = "https://webhook.reri.co/voice/webhook";

let twilio: TwilioApi;
let proxy: TwilioProxy;

beforeEach(async () => {
  twilio = testApi();
  proxy = await startTwilioProxy(twilio);
});
afterEach(() => proxy.close());

const api = (changes: Partial<WebhooksAccess> = {}) => {
  const agent = new Agent({ ca: proxy.ca, proxyEnv: { HTTPS_PROXY: proxy.url } });
  return webhooksApi({ username: ACCOUNT, password: TOKEN, agent, ...changes });
};

async function keyAndSetting() {
  const key = await api().createSharedKey("key");
  const signature = { type: "SHARED_KEY" as const, sharedKeyId: key.id, algorithm: "HMAC_SHA256" };
  const connection = { connectTimeoutMs: 1000, readTimeoutMs: 2000 };
  return { key, setting: await api().createSetting({ friendlyName: "first", signature, connection }) };
}

const exact = (settingId: string, value = URL_) => ({
  matchType: "EXACT_MATCH" as const,
  value,
  friendlyName: "rule",
  settings: [{ settingId, percentage: 100 }],
});

test("what is created is listed, changed and deleted", async () => {
  const { key, setting } = await keyAndSetting();
  expect(key.secret).toBe(twilio.state.webhooks.saved.sharedKeys.get(key.id)?.secret);
  expect(setting).toMatchObject({ friendlyName: "first", auth: NONE, connection: { readTimeoutMs: 2000 } });
  const created = await api().createRule(exact(setting.id));
  const id = created.resourceId ?? "";
  expect(await api().rules()).toMatchObject([{ id, value: URL_, settings: [{ settingId: setting.id }] }]);
  await api().patchRule(id, { friendlyName: "renamed" });
  expect(await api().rules()).toMatchObject([{ id, friendlyName: "renamed", value: URL_ }]);
  expect(await api().operation(created.id)).toMatchObject({ id: created.id, resourceId: id });
  await api().deleteRule(id);
  await api().deleteSetting(setting.id);
  await api().deleteSharedKey(key.id);
  const left = [await api().rules(), await api().settings(), await api().sharedKeys()];
  expect(left).toEqual([[], [], []]);
  expect(await api().operations()).toHaveLength(3);
});

test("a list has every page, and the Settings that Twilio manages", async () => {
  const system = placeSetting(twilio.state.webhooks, { auth: NONE }, "SYSTEM");
  const own = placeSetting(twilio.state.webhooks, { auth: NONE });
  const { id } = placeRule(twilio.state.webhooks, { matchType: "DEFAULT", settings: exact(own.id).settings });
  for (let count = 0; count < 205; count += 1) twilio.state.webhooks.saveRule(id, () => undefined);
  expect(new Set((await api().operations()).map((operation) => operation.id)).size).toBe(205);
  expect((await api().settings()).map((setting) => setting.id)).toEqual([own.id, system.id]);
});

test("a list without an end is given up", async () => {
  const { id } = placeSetting(twilio.state.webhooks, { auth: NONE });
  for (let count = 0; count < 10_001; count += 1) twilio.state.webhooks.saveRule(id, () => undefined);
  await expect(api().operations()).rejects.toThrow("Twilio's list of Operations does not end after 100 pages");
});

test("an API key is accepted", async () => {
  twilio.state.apiKeys.set("SK1", "secret");
  expect(await api({ username: "SK1", password: "secret" }).rules()).toEqual([]);
});

test.each([
  ["a create that failed after it was carried out", { status: 503, processed: true }],
  ["a create whose answer was lost", { drop: true, processed: true }],
  ["a create that was not carried out", { status: 429, retryAfterSeconds: 0 }],
] as const)("%s is sent again, and creates one", async (_what, fault) => {
  twilio.faults.fail({ ...fault, method: "POST" });
  await api().createSharedKey("key");
  expect(twilio.requests).toHaveLength(2);
  expect(twilio.state.webhooks.saved.sharedKeys.size).toBe(1);
});

test("a given key makes a later call the same one", async () => {
  const key = randomUUIDv7();
  const first = await api().createSharedKey("key", key);
  expect(await api().createSharedKey("key", key)).toEqual(first);
});

test("a request is sent three times at most, and a delete without a key once", async () => {
  twilio.faults.fail({ status: 503, count: 9 });
  await expect(api().rules()).rejects.toThrow(
    "Twilio answered 503 (20503 Service Unavailable): this is a fault of Twilio's own",
  );
  expect(twilio.requests).toHaveLength(3);
  await expect(api().deleteSharedKey("webhooks_sharedkey_1")).rejects.toThrow("Twilio answered 503");
  expect(twilio.requests).toHaveLength(4);
});

test("a wait that is too long is left to the person", async () => {
  twilio.faults.fail({ status: 429, retryAfterSeconds: 11 });
  await expect(api().rules()).rejects.toThrow("Run this again in 11 seconds");
  expect(twilio.requests).toHaveLength(1);
});

test("an account that may not use the API has an error of its own, which says why", async () => {
  twilio.state.webhooks.access = "absent";
  await expect(api().rules()).rejects.toThrow(WebhooksApiUnavailable);
  await expect(api().rules()).rejects.toThrow(
    "Twilio answered 404 (20404 The requested resource was not found) for its Webhooks configuration API: the account does not have it; see",
  );
  twilio.state.webhooks.access = "forbidden";
  await expect(api().createSharedKey("key")).rejects.toThrow(WebhooksApiUnavailable);
  await expect(api().rules()).rejects.toThrow(
    "may not use it; check what hub:twilio.accountSid and hub:twilio.authToken may do",
  );
  await expect(api({ username: "SK1" }).rules()).rejects.toThrow(WebhooksApiUnavailable);
  await expect(api({ username: "SK1" }).rules()).rejects.toThrow(
    "it does not accept the credentials; check hub:signing.apiKey",
  );
});

test("another refusal has its reason, and is no absence", async () => {
  const { setting } = await keyAndSetting();
  await api().createRule(exact(setting.id));
  const again = await api()
    .createRule(exact(setting.id))
    .catch((error: unknown) => error);
  expect(again).toBeInstanceOf(UserError);
  expect(again).not.toBeInstanceOf(WebhooksApiUnavailable);
  expect(String(again)).toContain(`Twilio answered 409 (59103 a Rule for EXACT_MATCH ${URL_} already exists)`);
  const missing = await api()
    .operation("webhooks_operation_1")
    .catch((error: unknown) => error);
  expect(missing).not.toBeInstanceOf(WebhooksApiUnavailable);
  expect(String(missing)).toContain("it does not have that; check whether webhooks_operation_1 was deleted");
});

test("a page of a proxy is no answer of the API", async () => {
  for (const status of [200, 403, 404]) {
    twilio.faults.fail({ page: "<h1>Sign in</h1>", status });
    const error = await api()
      .rules()
      .catch((cause: unknown) => cause);
    expect(String(error)).toContain(`Twilio answered ${status} with an HTML page, which is not of the API`);
    expect(error).not.toBeInstanceOf(WebhooksApiUnavailable);
  }
});

test("an answer in another form is named, without its values", async () => {
  const { id } = placeSetting(twilio.state.webhooks, { auth: NONE });
  const rule = placeRule(twilio.state.webhooks, { matchType: "DEFAULT", settings: exact(id).settings });
  Object.assign(rule, { matchType: "REGEX_MATCH" });
  await expect(api().rules()).rejects.toThrow(
    /^Twilio answered to GET Rules in a form that this program cannot read \(rules\.0/,
  );
});

test("Twilio has a time to answer", async () => {
  twilio.faults.fail({ status: 503, delayMs: 5000, method: "DELETE" });
  const slow = api({ timeoutMs: 200 }).deleteSharedKey("webhooks_sharedkey_1");
  await expect(slow).rejects.toThrow(/^Twilio did not answer \(.+\); check the network$/);
});

test("a signal ends a list, and no further try follows", async () => {
  twilio.faults.fail({ status: 503, delayMs: 5000, method: "GET" });
  const rules = api({ signal: AbortSignal.timeout(200) }).rules();
  await expect(rules).rejects.toThrow(/^Twilio did not answer \(.+\); check the network$/);
});
