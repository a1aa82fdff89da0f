import { validateRequest } from "twilio/lib/webhooks/webhooks.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LoopbackCloud, startLoopbackCloud } from "../../cloud.ts";
import { loopbackConfig, startOrigin, TEST_TWIML, type TestOrigin } from "../../testing.ts";
import type { IncomingPhoneNumber } from "../incoming-phone-number.ts";
import { numberOf } from "../state.ts";
import type { WebhookAttempt } from "./webhook.ts";

const TO = "+19497798471";
const FROM = "+13105550100";
const CANONICAL = "https://webhook.reri.co";
const FUNNEL = "https://srv1347501.tailb025a7.ts.net";

let origin: TestOrigin;
let cloud: LoopbackCloud;
let number: IncomingPhoneNumber;

beforeEach(async () => {
  origin = await startOrigin();
  cloud = await startLoopbackCloud({ config: loopbackConfig(origin.port) });
  const found = numberOf(cloud.twilio.state, TO);
  if (found === undefined) throw new Error(`the cloud has no number ${TO}`);
  number = found;
});

afterEach(async () => {
  await cloud.close();
  await origin.close();
});

/** What the receiver of an attempt sees verifies over the attempt's URL, as Twilio's own library judges it. */
function verifies(attempt: WebhookAttempt | undefined, at = origin.received.length - 1): boolean {
  const received = origin.received[at];
  if (attempt === undefined || received === undefined) throw new Error("nothing was sent");
  const signature = String(received.headers["x-twilio-signature"]);
  const params = Object.fromEntries(new URLSearchParams(received.body));
  return validateRequest(cloud.twilio.state.authToken, signature, attempt.url, params);
}

test("a call goes to the stored voice URL, signed, with Twilio's parameters", async () => {
  const { sid, attempts } = await cloud.placeCall({ to: TO, from: FROM });
  expect(attempts).toHaveLength(1);
  expect(attempts[0]).toMatchObject({ url: `${CANONICAL}/voice/webhook`, status: 200, body: TEST_TWIML });
  expect(Object.fromEntries(new URLSearchParams(origin.received[0]?.body))).toMatchObject({
    AccountSid: cloud.twilio.state.accountSid,
    CallSid: sid,
    CallStatus: "ringing",
    Direction: "inbound",
    From: FROM,
    Caller: FROM,
    To: TO,
    Called: TO,
    ApiVersion: "2010-04-01",
  });
  expect(verifies(attempts[0])).toBe(true);
  expect(cloud.twilio.state.calls[0]?.resource).toMatchObject({ sid, direction: "inbound", status: "in-progress" });
});

test("a text goes to the stored SMS URL, signed, with Twilio's parameters", async () => {
  const { sid, attempts } = await cloud.placeText({ to: TO, from: FROM, body: "Grüße & 1+1=2" });
  expect(attempts[0]).toMatchObject({ url: `${CANONICAL}/sms/webhook`, status: 200 });
  const params = Object.fromEntries(new URLSearchParams(origin.received[0]?.body));
  expect(params).toMatchObject({ MessageSid: sid, SmsSid: sid, SmsMessageSid: sid, Body: "Grüße & 1+1=2" });
  expect(params).toMatchObject({ NumMedia: "0", NumSegments: "1", From: FROM, To: TO });
  expect(params).not.toHaveProperty("MessagingServiceSid");
  expect(verifies(attempts[0])).toBe(true);
  expect(cloud.twilio.state.messages[0]?.resource).toMatchObject({ sid, direction: "inbound", status: "received" });
});

test.each([
  ["a cut connection", () => cloud.edge.breakHost("webhook.reri.co")],
  ["a 5xx", () => origin.statuses.push(500)],
  ["a 4xx", () => origin.statuses.push(403)],
])("after %s the fallback URL gets the same event with the error, signed for itself", async (_what, fail) => {
  number.voice_fallback_url = `${FUNNEL}/voice`;
  fail();
  const { attempts } = await cloud.placeCall({ to: TO, from: FROM });
  const [primary, fallback] = attempts;
  expect(attempts.map(({ url }) => url)).toEqual([`${CANONICAL}/voice/webhook`, `${FUNNEL}/voice`]);
  const failure = { ErrorCode: "11200", ErrorUrl: `${CANONICAL}/voice/webhook` };
  expect(fallback).toMatchObject({ status: 200, params: { ...primary?.params, ...failure } });
  expect(fallback?.signature).not.toBe(primary?.signature);
  expect(verifies(fallback)).toBe(true);
  expect(origin.received.at(-1)?.target).toBe("/");
});

test("a handler that does not answer in time fails over too", async () => {
  await cloud.close();
  cloud = await startLoopbackCloud({ config: loopbackConfig(origin.port), webhookTimeoutMs: 1000 });
  const [late] = cloud.twilio.state.numbers.values();
  Object.assign(late ?? {}, { sms_fallback_url: `${FUNNEL}/sms` });
  origin.delays.push(60_000);
  const { attempts } = await cloud.placeText({ to: TO, from: FROM, body: "hi" });
  expect(attempts.map(({ status }) => status)).toEqual([undefined, 200]);
});

test("without a fallback the failure stands, and the call fails", async () => {
  origin.statuses.push(500);
  const { attempts } = await cloud.placeCall({ to: TO, from: FROM });
  expect(attempts.map(({ status }) => status)).toEqual([500]);
  expect(cloud.twilio.state.calls[0]?.resource.status).toBe("failed");
});

test("connection overrides in the fragment retry, and are neither signed nor sent", async () => {
  number.sms_url = `${CANONICAL}/sms/webhook#rc=2&rp=5xx`;
  origin.statuses.push(500, 500);
  const { attempts } = await cloud.placeText({ to: TO, from: FROM, body: "hi" });
  expect(attempts.map(({ status, url }) => [status, url])).toEqual([
    [500, `${CANONICAL}/sms/webhook`],
    [500, `${CANONICAL}/sms/webhook`],
    [200, `${CANONICAL}/sms/webhook`],
  ]);
  const tokens = origin.received.map(({ headers }) => headers["i-twilio-idempotency-token"]);
  expect(new Set(tokens).size).toBe(1);
  origin.statuses.push(403);
  expect((await cloud.placeText({ to: TO, from: FROM, body: "hi" })).attempts).toHaveLength(1);
  number.sms_url = `${CANONICAL}/sms/webhook#rp=all`;
  expect((await cloud.placeText({ to: TO, from: FROM, body: "hi" })).attempts).toHaveLength(1);
  origin.statuses.push(403, 500);
  expect((await cloud.placeText({ to: TO, from: FROM, body: "hi" })).attempts).toHaveLength(2);
});

test("a number that is called by GET gets the parameters in the signed URL", async () => {
  number.voice_method = "GET";
  number.voice_url = `${CANONICAL}/voice/webhook?a=1`;
  const { attempts } = await cloud.placeCall({ to: TO, from: FROM });
  expect(origin.received[0]).toMatchObject({ method: "GET", body: "" });
  expect(origin.received[0]?.target).toMatch(/^\/voice\/webhook\?a=1&AccountSid=AC/);
  expect(attempts[0]?.url).toBe(`${CANONICAL}${origin.received[0]?.target}`);
  expect(verifies(attempts[0])).toBe(true);
});

test("nothing is sent where no URL is stored, or where a trunk or an application takes the event", async () => {
  number.sms_url = "";
  expect((await cloud.placeText({ to: TO, from: FROM, body: "hi" })).attempts).toEqual([]);
  number.sms_application_sid = "AP1";
  expect(await cloud.placeText({ to: TO, from: FROM, body: "hi" })).toMatchObject({ attempts: [], takenBy: "AP1" });
  number.trunk_sid = "TK1";
  expect(await cloud.placeCall({ to: TO, from: FROM })).toMatchObject({ attempts: [], takenBy: "TK1" });
  expect(origin.received).toHaveLength(0);
  await expect(cloud.placeCall({ to: FROM, from: TO })).rejects.toThrow(`the account has no number ${FROM}`);
});

test("the end of a call is reported to the status callback, where there is one", async () => {
  const { sid } = await cloud.placeCall({ to: TO, from: FROM });
  expect((await cloud.completeCall(sid)).attempts).toEqual([]);
  number.status_callback = `${CANONICAL}/voice/status`;
  const { attempts } = await cloud.completeCall(sid, 61);
  expect(attempts[0]).toMatchObject({ url: `${CANONICAL}/voice/status`, status: 200 });
  expect(attempts[0]?.params).toMatchObject({
    CallSid: sid,
    CallStatus: "completed",
    CallDuration: "61",
    Duration: "2",
  });
  expect(verifies(attempts[0])).toBe(true);
  expect(cloud.twilio.state.calls[0]?.resource).toMatchObject({ status: "completed", duration: "61" });
  await expect(cloud.completeCall("CA0")).rejects.toThrow("the account has no call CA0");
});

test("a forged webhook, one replayed on another path, and one with moved borders can be sent", async () => {
  const { attempts } = await cloud.placeCall({ to: TO, from: FROM });
  const [original] = attempts;
  if (original === undefined) throw new Error("nothing was sent");
  const { params, signature } = original;
  const forged = await cloud.sendWebhook({ url: original.url, params, signature: "Zm9yZ2Vk" });
  expect(verifies(forged)).toBe(false);
  const replayed = await cloud.sendWebhook({ url: `${CANONICAL}/voice/status`, params, signature });
  expect(replayed.status).toBe(200);
  expect(verifies(replayed)).toBe(false);
  // What the signature covers is one string: here the path's end moved into the first parameter's name.
  const { AccountSid = "", ...rest } = params;
  const moved = { "/webhookAccountSid": AccountSid, ...rest };
  const border = await cloud.sendWebhook({ url: `${CANONICAL}/voice`, params: moved, signature });
  expect(verifies(border)).toBe(true);
});

test("a repeated parameter is sent and signed as a list, and the body can be replaced", async () => {
  const params = { Tag: ["b", "a", "b"] };
  const sent = await cloud.sendWebhook({ url: `${CANONICAL}/voice`, params });
  expect(origin.received[0]?.body).toBe("Tag=b&Tag=a&Tag=b");
  expect(validateRequest(cloud.twilio.state.authToken, sent.signature, sent.url, params)).toBe(true);
  await cloud.sendWebhook({
    url: `${CANONICAL}/voice`,
    params,
    body: "Tag=%",
    headers: { "Content-Type": "text/plain" },
  });
  expect(origin.received[1]).toMatchObject({ body: "Tag=%", headers: { "content-type": "text/plain" } });
});
