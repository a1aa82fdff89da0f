import { getSignatureAlgorithm, SIGNATURE_SETTINGS_HEADER, validateRequest } from "twilio/lib/webhooks/webhooks.js";
import { expect, test } from "vitest";
import { placeRule, placeSetting, placeSharedKey } from "../configuration/make.ts";
import type { RuleMatch } from "../configuration/resources.ts";
import { CANONICAL, cloudSuite, FUNNEL, OWN, PERSON } from "../testing/cloud.ts";
import { ownNumber } from "./endpoints.ts";

const { cloud, origin, verifies } = cloudSuite();
const VOICE = `${CANONICAL}/voice/webhook`;
const HEADER = SIGNATURE_SETTINGS_HEADER.toLowerCase();
const NONE = { source: "INLINE" as const, value: { scheme: "NONE" as const } };
const BASIC = {
  source: "INLINE" as const,
  value: { scheme: "BASIC" as const, username: "user", password: "pass:word" },
};

type SettingBody = Parameters<typeof placeSetting>[1];
const webhooks = () => cloud().twilio.state.webhooks;

/** Adds a Setting with a key of its own, and a Rule for it. */
function placeSigned(match: RuleMatch, body: Partial<SettingBody> = {}) {
  const key = placeSharedKey(webhooks(), "key");
  const signature = { type: "SHARED_KEY" as const, sharedKeyId: key.id, algorithm: "HMAC_SHA256" as const };
  const { id } = placeSetting(webhooks(), { auth: NONE, signature, ...body });
  const rule = { ...match, settings: [{ settingId: id, percentage: 100 }] };
  return { key, rule: placeRule(webhooks(), rule) };
}

const exact = (value = VOICE) => ({ matchType: "EXACT_MATCH" as const, value });
const call = () => cloud().placeCall({ to: OWN, from: PERSON });
const lastHeaders = () => origin().received.at(-1)?.headers ?? {};

test("a webhook is signed with the key of its Rule, which a header names", async () => {
  const { key } = placeSigned(exact());
  const { attempts } = await call();
  const settings = String(lastHeaders()[HEADER]);
  expect(settings).toBe(`key=${key.id},algorithm=HMAC_SHA256`);
  const params = Object.fromEntries(new URLSearchParams(origin().received[0]?.body));
  const signature = String(lastHeaders()["x-twilio-signature"]);
  expect(validateRequest(key.secret, signature, VOICE, params, getSignatureAlgorithm(settings))).toBe(true);
  expect(validateRequest(key.secret, signature, VOICE, params)).toBe(false);
  expect(attempts[0]?.signature).toBe(signature);
  expect(verifies(attempts[0])).toBe(false);
});

test("a webhook of another URL is signed with the auth token, without the header", async () => {
  placeSigned(exact());
  const { attempts } = await cloud().placeText({ to: OWN, from: PERSON, body: "hi" });
  expect(lastHeaders()).not.toHaveProperty(HEADER);
  expect(verifies(attempts[0])).toBe(true);
});

test("a Rule that is made by the API signs once its Operation completes", async () => {
  const { rule } = placeSigned(exact("https://elsewhere.example/a"));
  webhooks().delayMs = 60_000;
  webhooks().saveRule(rule.id, ({ rules }) => rules.set(rule.id, { ...rule, ...exact() }));
  await call();
  expect(lastHeaders()).not.toHaveProperty(HEADER);
  webhooks().finish();
  await call();
  expect(lastHeaders()).toHaveProperty(HEADER);
});

test.each(["matched", "ignored"] as const)(
  "a query that is %s decides whether an exact Rule signs a later turn",
  async (queries) => {
    placeSigned(exact());
    webhooks().queries = queries;
    await cloud().sendWebhook({ url: `${VOICE}?turn=1`, params: {} });
    expect(Object.hasOwn(lastHeaders(), HEADER)).toBe(queries === "ignored");
  },
);

test("a Setting can ask for no signature, or for Basic authentication and the auth token's signature", async () => {
  placeSigned(exact(), { signature: { type: "NONE" } });
  const unsigned = await call();
  expect(unsigned.attempts[0]?.signature).toBe("");
  expect(lastHeaders()).not.toHaveProperty("x-twilio-signature");
  webhooks().place(({ rules }) => rules.clear());
  const { id } = placeSetting(webhooks(), { auth: BASIC });
  placeRule(webhooks(), { ...exact(), settings: [{ settingId: id, percentage: 100 }] });
  const { attempts } = await call();
  expect(lastHeaders().authorization).toBe(`Basic ${Buffer.from("user:pass:word").toString("base64")}`);
  expect(verifies(attempts[0])).toBe(true);
});

test("the Setting's read time-out and retries take the place of the URL's", async () => {
  const number = ownNumber(cloud().twilio.state, OWN);
  number.voice_url = `${VOICE}#rc=5&rp=all`;
  const connection = { connectTimeoutMs: 100, readTimeoutMs: 100 };
  const { rule } = placeSigned(exact(), { connection });
  origin().delays.push(1000);
  expect((await call()).attempts).toMatchObject([{ status: undefined }]);
  webhooks().place(({ rules }) => rules.delete(rule.id));
  const retryPolicy = { retryCount: 2, retryOn: ["HTTP_5XX" as const] };
  placeSigned(exact(), { connection: { ...connection, readTimeoutMs: 15_000, retryPolicy } });
  origin().statuses.push(500, 502, 500, 500);
  expect((await call()).attempts.map(({ status }) => status)).toEqual([500, 502, 500]);
  origin().statuses.splice(0, 9, 403);
  expect((await call()).attempts.map(({ status }) => status)).toEqual([403]);
});

test("the total time-out ends all attempts", async () => {
  const retryPolicy = { retryCount: 5, retryOn: ["ALL" as const] };
  const connection = { connectTimeoutMs: 100, readTimeoutMs: 15_000, totalTimeoutMs: 150, retryPolicy };
  placeSigned(exact(), { connection });
  origin().delays.push(10_000, 10_000, 10_000, 10_000, 10_000, 10_000);
  expect((await call()).attempts).toMatchObject([{ status: undefined }]);
});

test("the fallback is signed by the Rule of its own URL", async () => {
  const number = ownNumber(cloud().twilio.state, OWN);
  number.voice_fallback_url = `${FUNNEL}/voice`;
  const primary = placeSigned(exact());
  const fallback = placeSigned({ matchType: "PREFIX_MATCH", prefix: `${FUNNEL}/` });
  origin().statuses.push(500);
  await call();
  const named = origin().received.map(({ headers }) => headers[HEADER]);
  expect(named).toEqual([primary, fallback].map(({ key }) => `key=${key.id},algorithm=HMAC_SHA256`));
});

test("a forged signature is sent alone, without the header of a key", async () => {
  placeSigned(exact());
  await cloud().sendWebhook({ url: VOICE, params: {}, signature: "Zm9yZ2Vk" });
  expect(lastHeaders()).toMatchObject({ "x-twilio-signature": "Zm9yZ2Vk" });
  expect(lastHeaders()).not.toHaveProperty(HEADER);
});
