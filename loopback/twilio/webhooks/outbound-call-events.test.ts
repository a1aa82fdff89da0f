import { expect, test } from "vitest";
import { z } from "zod";
import { registerSenders } from "../registrations/register-senders.ts";
import { callApi } from "../testing/account.ts";
import { CANONICAL, cloudSuite, FUNNEL, OWN, PERSON } from "../testing/cloud.ts";
import type { WebhookAttempt } from "./webhook.ts";

const ALL = ["initiated", "ringing", "answered", "completed"];
const STATUS = { StatusCallback: `${CANONICAL}/voice/status` };

const { cloud, origin, verifies } = cloudSuite();

const Created = z.object({ sid: z.string() });

/** Creates a call or a text over the API, and returns its SID. */
async function create(path: string, form: Record<string, string>, events: readonly string[] = []): Promise<string> {
  const { twilio } = cloud();
  const all = new URLSearchParams({ To: PERSON, From: OWN, ...form });
  for (const event of events) all.append("StatusCallbackEvent", event);
  const url = `https://api.twilio.com/2010-04-01/Accounts/${twilio.state.accountSid}/${path}.json`;
  const { status, json } = await callApi(twilio, url, { form: all });
  expect(status).toBe(201);
  return Created.parse(json).sid;
}
const createCall = (form: Record<string, string> = {}, events: readonly string[] = []) =>
  create("Calls", { Url: `${CANONICAL}/voice/webhook`, ...form }, events);

/** The parameters of every request that the origin received, in order, after a check of each signature. */
function received(attempts: readonly WebhookAttempt[]): Record<string, string>[] {
  expect(origin().received).toHaveLength(attempts.length);
  return origin().received.map(({ body }, at) => {
    expect(verifies(attempts[at], at)).toBe(true);
    return Object.fromEntries(new URLSearchParams(body));
  });
}
const statusesOf = (callbacks: readonly WebhookAttempt[]) =>
  callbacks.map(({ params }) => [params.CallStatus, params.SequenceNumber]);
const resource = (sid: string) => cloud().twilio.state.calls.find((call) => call.resource.sid === sid)?.resource;

test("an answered call reports the requested events, and then fetches its own URL, signed", async () => {
  const sid = await createCall(STATUS, ALL);
  expect(origin().received).toEqual([]);
  const { attempts, callbacks } = await cloud().answerCall(sid, { answeredBy: "human" });
  expect(statusesOf(callbacks)).toEqual([
    ["initiated", "0"],
    ["ringing", "1"],
    ["in-progress", "2"],
  ]);
  expect(attempts.map(({ url, status }) => [url, status])).toEqual([[`${CANONICAL}/voice/webhook`, 200]]);
  const parties = { CallSid: sid, Direction: "outbound-api", From: OWN, To: PERSON };
  const params = received([...callbacks, ...attempts]);
  for (const each of params) expect(each).toMatchObject(parties);
  expect(params.at(-1)).toMatchObject({ CallStatus: "in-progress", AnsweredBy: "human" });
  expect(params.at(-1)).not.toHaveProperty("SequenceNumber");
  const start_time = expect.stringMatching(/ \+0000$/);
  expect(resource(sid)).toMatchObject({ status: "in-progress", answered_by: "human", start_time });
  await expect(cloud().answerCall(sid)).rejects.toThrow(`the call ${sid} is outbound-api and in-progress`);
});

test("a call without events reports only its end, and a call without a callback reports nothing", async () => {
  const [told, silent] = [await createCall(STATUS), await createCall()];
  expect((await cloud().answerCall(told)).callbacks).toEqual([]);
  expect(statusesOf((await cloud().completeCall(told, 7)).attempts)).toEqual([["completed", "0"]]);
  expect((await cloud().answerCall(silent)).callbacks).toEqual([]);
  expect((await cloud().completeCall(silent)).attempts).toEqual([]);
  const started = await createCall(STATUS, ["initiated"]);
  expect(statusesOf((await cloud().answerCall(started)).callbacks)).toEqual([["initiated", "0"]]);
  expect((await cloud().completeCall(started)).attempts).toEqual([]);
});

test.each([
  ["busy", ["initiated"]],
  ["failed", ["initiated"]],
  ["no-answer", ["initiated", "ringing"]],
  ["canceled", ["initiated", "ringing"]],
] as const)("a call that ends as %s is reported, and fetches nothing", async (status, before) => {
  const sid = await createCall(STATUS, ALL);
  const { attempts, callbacks } = await cloud().progressCall(sid, status);
  expect(attempts).toEqual([]);
  expect(statusesOf(callbacks)).toEqual([...before, status].map((each, at) => [each, String(at)]));
  expect(received(callbacks).at(-1)).toMatchObject({ CallStatus: status, CallDuration: "0" });
  expect(resource(sid)).toMatchObject({ status, duration: "0", end_time: expect.any(String) });
  await expect(cloud().progressCall(sid, status)).rejects.toThrow(`outbound-api and ${status}`);
});

test("if its URL fails, the call fetches its fallback; if both fail, it ends", async () => {
  const form = { ...STATUS, FallbackUrl: `${FUNNEL}/voice` };
  const saved = await createCall(form);
  origin().statuses.push(500);
  const { attempts, callbacks } = await cloud().answerCall(saved);
  expect(attempts.map(({ url }) => url)).toEqual([`${CANONICAL}/voice/webhook`, `${FUNNEL}/voice`]);
  expect(attempts.at(-1)?.params).toMatchObject({ ErrorCode: "11200", ErrorUrl: `${CANONICAL}/voice/webhook` });
  expect([callbacks, resource(saved)?.status]).toEqual([[], "in-progress"]);
  origin().statuses.push(500, 500);
  const lost = await createCall(form);
  expect(statusesOf((await cloud().answerCall(lost)).callbacks)).toEqual([["completed", "0"]]);
  expect(resource(lost)?.status).toBe("completed");
});

test("a call with its own TwiML fetches nothing, and a call with Method GET fetches by GET", async () => {
  const given = await create("Calls", { Twiml: "<Response/>" });
  expect(await cloud().answerCall(given)).toEqual({ sid: given, attempts: [], callbacks: [] });
  const { attempts } = await cloud().answerCall(await createCall({ Method: "GET" }));
  expect(attempts[0]?.method).toBe("GET");
});

test("an outbound call's turns, dial, recording and end are reported like those of an inbound call", async () => {
  const sid = await createCall(STATUS, ALL);
  await cloud().answerCall(sid);
  origin().received.length = 0;
  const action = `${CANONICAL}/voice/webhook?turn=1`;
  const turn = await cloud().sayTurn(sid, { action, speech: "hi" });
  const dial = await cloud().endDial(sid, { action, status: "completed" });
  const recording = await cloud().completeRecording(sid, { url: `${CANONICAL}/voice/recording-complete` });
  const end = await cloud().completeCall(sid, 61);
  const params = received([turn, dial, recording, end].flatMap(({ attempts }) => attempts));
  const outbound = { CallSid: sid, Direction: "outbound-api", From: OWN };
  expect(params).toMatchObject([
    { ...outbound, SpeechResult: "hi" },
    { ...outbound, DialCallStatus: "completed" },
    { CallSid: sid, RecordingStatus: "completed" },
    { ...outbound, CallStatus: "completed", CallDuration: "61", Duration: "2", SequenceNumber: "3" },
  ]);
});

test("only a queued outbound call can be answered", async () => {
  const { sid } = await cloud().placeCall({ to: OWN, from: PERSON });
  await expect(cloud().answerCall(sid)).rejects.toThrow(`the call ${sid} is inbound and in-progress`);
  await expect(cloud().progressCall("CA0", "busy")).rejects.toThrow("the account has no call CA0");
});

test("a text's status goes to its own callback, or nowhere without one", async () => {
  registerSenders(cloud().twilio.state);
  const told = await create("Messages", { Body: "hi", StatusCallback: `${CANONICAL}/sms/status` });
  const { attempts } = await cloud().reportMessageStatus(told, { status: "sent" });
  expect(received(attempts)).toMatchObject([{ MessageSid: told, MessageStatus: "sent" }]);
  expect(attempts[0]?.url).toBe(`${CANONICAL}/sms/status`);
  const silent = await create("Messages", { Body: "hi" });
  expect((await cloud().reportMessageStatus(silent, { status: "sent" })).attempts).toEqual([]);
});
