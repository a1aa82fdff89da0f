import { validateRequest } from "twilio/lib/webhooks/webhooks.js";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { startLoopbackCloud } from "../../cloud.ts";
import { loopbackConfig, TEST_TWIML } from "../../testing.ts";
import type { IncomingPhoneNumber } from "../incoming-phone-number.ts";
import { CANONICAL, cloudSuite, FUNNEL, OWN, PERSON } from "../testing/cloud.ts";
import { ownNumber } from "./endpoints.ts";

const { cloud, origin, verifies } = cloudSuite();
let number: IncomingPhoneNumber;

beforeEach(() => {
  number = ownNumber(cloud().twilio.state, OWN);
});

test("a call goes to the stored voice URL, signed, with Twilio's parameters", async () => {
  const { sid, attempts } = await cloud().placeCall({ to: OWN, from: PERSON });
  expect(attempts).toHaveLength(1);
  expect(attempts[0]).toMatchObject({ url: `${CANONICAL}/voice/webhook`, status: 200, body: TEST_TWIML });
  expect(Object.fromEntries(new URLSearchParams(origin().received[0]?.body))).toMatchObject({
    AccountSid: cloud().twilio.state.accountSid,
    CallSid: sid,
    CallStatus: "ringing",
    Direction: "inbound",
    From: PERSON,
    Caller: PERSON,
    To: OWN,
    Called: OWN,
    ApiVersion: "2010-04-01",
  });
  expect(verifies(attempts[0])).toBe(true);
  expect(cloud().twilio.state.calls[0]?.resource).toMatchObject({ sid, direction: "inbound", status: "in-progress" });
});

test("a text goes to the stored SMS URL, signed, with Twilio's parameters", async () => {
  const { sid, attempts } = await cloud().placeText({ to: OWN, from: PERSON, body: "Grüße & 1+1=2" });
  expect(attempts[0]).toMatchObject({ url: `${CANONICAL}/sms/webhook`, status: 200 });
  const params = Object.fromEntries(new URLSearchParams(origin().received[0]?.body));
  expect(params).toMatchObject({ MessageSid: sid, SmsSid: sid, SmsMessageSid: sid, Body: "Grüße & 1+1=2" });
  expect(params).toMatchObject({ NumMedia: "0", NumSegments: "1", From: PERSON, To: OWN });
  expect(params).not.toHaveProperty("MessagingServiceSid");
  expect(verifies(attempts[0])).toBe(true);
  expect(cloud().twilio.state.messages[0]?.resource).toMatchObject({ sid, direction: "inbound", status: "received" });
});

test.each([
  ["a cut connection", () => cloud().edge.breakHost("webhook.reri.co")],
  ["a 5xx", () => origin().statuses.push(500)],
  ["a 4xx", () => origin().statuses.push(403)],
])("after %s the fallback URL gets the same event with the error, signed for itself", async (_what, fail) => {
  number.voice_fallback_url = `${FUNNEL}/voice`;
  fail();
  const { attempts } = await cloud().placeCall({ to: OWN, from: PERSON });
  const [primary, fallback] = attempts;
  expect(attempts.map(({ url }) => url)).toEqual([`${CANONICAL}/voice/webhook`, `${FUNNEL}/voice`]);
  const failure = { ErrorCode: "11200", ErrorUrl: `${CANONICAL}/voice/webhook` };
  expect(fallback).toMatchObject({ status: 200, params: { ...primary?.params, ...failure } });
  expect(fallback?.signature).not.toBe(primary?.signature);
  expect(verifies(fallback)).toBe(true);
  expect(origin().received.at(-1)?.target).toBe("/");
});

test("a handler that does not answer in time fails over too", async () => {
  const impatient = await startLoopbackCloud({ config: loopbackConfig(origin().port), webhookTimeoutMs: 1000 });
  onTestFinished(impatient.close);
  ownNumber(impatient.twilio.state, OWN).sms_fallback_url = `${FUNNEL}/sms`;
  origin().delays.push(60_000);
  const { attempts } = await impatient.placeText({ to: OWN, from: PERSON, body: "hi" });
  expect(attempts.map(({ status }) => status)).toEqual([undefined, 200]);
});

test("without a fallback the failure stands, and the call fails", async () => {
  origin().statuses.push(500);
  const { attempts } = await cloud().placeCall({ to: OWN, from: PERSON });
  expect(attempts.map(({ status }) => status)).toEqual([500]);
  expect(cloud().twilio.state.calls[0]?.resource.status).toBe("failed");
});

test("connection overrides in the fragment retry, and are neither signed nor sent", async () => {
  number.sms_url = `${CANONICAL}/sms/webhook#rc=2&rp=5xx`;
  origin().statuses.push(500, 500);
  const { attempts } = await cloud().placeText({ to: OWN, from: PERSON, body: "hi" });
  expect(attempts.map(({ status, url }) => [status, url])).toEqual([
    [500, `${CANONICAL}/sms/webhook`],
    [500, `${CANONICAL}/sms/webhook`],
    [200, `${CANONICAL}/sms/webhook`],
  ]);
  const tokens = origin().received.map(({ headers }) => headers["i-twilio-idempotency-token"]);
  expect(new Set(tokens).size).toBe(1);
  origin().statuses.push(403);
  expect((await cloud().placeText({ to: OWN, from: PERSON, body: "hi" })).attempts).toHaveLength(1);
  number.sms_url = `${CANONICAL}/sms/webhook#rp=all`;
  expect((await cloud().placeText({ to: OWN, from: PERSON, body: "hi" })).attempts).toHaveLength(1);
  origin().statuses.push(403, 500);
  expect((await cloud().placeText({ to: OWN, from: PERSON, body: "hi" })).attempts).toHaveLength(2);
});

test("a number that is called by GET gets the parameters in the signed URL", async () => {
  number.voice_method = "GET";
  number.voice_url = `${CANONICAL}/voice/webhook?a=1`;
  const { attempts } = await cloud().placeCall({ to: OWN, from: PERSON });
  expect(origin().received[0]).toMatchObject({ method: "GET", body: "" });
  expect(origin().received[0]?.target).toMatch(/^\/voice\/webhook\?a=1&AccountSid=AC/);
  expect(attempts[0]?.url).toBe(`${CANONICAL}${origin().received[0]?.target}`);
  expect(verifies(attempts[0])).toBe(true);
});

test("nothing is sent if no URL is stored, or if a trunk or an application handles the event", async () => {
  number.sms_url = "";
  expect((await cloud().placeText({ to: OWN, from: PERSON, body: "hi" })).attempts).toEqual([]);
  number.sms_application_sid = "AP1";
  expect(await cloud().placeText({ to: OWN, from: PERSON, body: "hi" })).toMatchObject({
    attempts: [],
    takenBy: "AP1",
  });
  number.trunk_sid = "TK1";
  expect(await cloud().placeCall({ to: OWN, from: PERSON })).toMatchObject({ attempts: [], takenBy: "TK1" });
  expect(origin().received).toHaveLength(0);
  await expect(cloud().placeCall({ to: PERSON, from: OWN })).rejects.toThrow(`the account has no number ${PERSON}`);
});

test("a number that takes faxes takes no call", async () => {
  number.voice_receive_mode = "fax";
  expect(await cloud().placeCall({ to: OWN, from: PERSON })).toMatchObject({ attempts: [], takenBy: "fax" });
  expect(origin().received).toHaveLength(0);
});

test("the end of a call is reported to the status callback, if there is one", async () => {
  const { sid } = await cloud().placeCall({ to: OWN, from: PERSON });
  expect((await cloud().completeCall(sid)).attempts).toEqual([]);
  number.status_callback = `${CANONICAL}/voice/status`;
  const { attempts } = await cloud().completeCall(sid, 61);
  expect(attempts[0]).toMatchObject({ url: `${CANONICAL}/voice/status`, status: 200 });
  expect(attempts[0]?.params).toMatchObject({
    CallSid: sid,
    CallStatus: "completed",
    CallDuration: "61",
    Duration: "2",
  });
  expect(verifies(attempts[0])).toBe(true);
  expect(cloud().twilio.state.calls[0]?.resource).toMatchObject({ status: "completed", duration: "61" });
  await expect(cloud().completeCall("CA0")).rejects.toThrow("the account has no call CA0");
});

test("a forged webhook, a replay on another path, and a moved border between path and parameters can be sent", async () => {
  const { attempts } = await cloud().placeCall({ to: OWN, from: PERSON });
  const [original] = attempts;
  if (original === undefined) throw new Error("nothing was sent");
  const { params, signature } = original;
  const forged = await cloud().sendWebhook({ url: original.url, params, signature: "Zm9yZ2Vk" });
  expect(verifies(forged)).toBe(false);
  const replayed = await cloud().sendWebhook({ url: `${CANONICAL}/voice/status`, params, signature });
  expect(replayed.status).toBe(200);
  expect(verifies(replayed)).toBe(false);
  // The signature covers one concatenated string. Here the path's end moved into the first parameter's name.
  const { AccountSid = "", ...rest } = params;
  const moved = { "/webhookAccountSid": AccountSid, ...rest };
  const border = await cloud().sendWebhook({ url: `${CANONICAL}/voice`, params: moved, signature });
  expect(verifies(border)).toBe(true);
});

test("a repeated parameter is sent and signed as a list, and the body can be replaced", async () => {
  const params = { Tag: ["b", "a", "b"] };
  const sent = await cloud().sendWebhook({ url: `${CANONICAL}/voice`, params });
  expect(origin().received[0]?.body).toBe("Tag=b&Tag=a&Tag=b");
  expect(validateRequest(cloud().twilio.state.authToken, sent.signature, sent.url, params)).toBe(true);
  await cloud().sendWebhook({
    url: `${CANONICAL}/voice`,
    params,
    body: "Tag=%",
    headers: { "Content-Type": "text/plain" },
  });
  expect(origin().received[1]).toMatchObject({ body: "Tag=%", headers: { "content-type": "text/plain" } });
});
