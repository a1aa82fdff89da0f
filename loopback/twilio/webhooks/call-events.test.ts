import { beforeEach, expect, test } from "vitest";
import { newCall } from "../api/calls-api.ts";
import { newMessage } from "../api/messages-api.ts";
import { CANONICAL, cloudSuite, FUNNEL, OWN, PERSON } from "../testing/cloud.ts";
import type { WebhookAttempt } from "./webhook.ts";

const { cloud, origin, verifies } = cloudSuite();
let callSid: string;

beforeEach(async () => {
  callSid = (await cloud().placeCall({ to: OWN, from: PERSON })).sid;
  origin().received.length = 0;
});

/** The parameters of the only attempt, as the origin received them, after a check of the signature. */
function received(attempts: readonly WebhookAttempt[]): Record<string, string> {
  expect(attempts).toHaveLength(1);
  expect(origin().received).toHaveLength(1);
  expect(verifies(attempts[0])).toBe(true);
  return Object.fromEntries(new URLSearchParams(origin().received[0]?.body));
}

test("the caller's speech goes to the action as a signed turn of the call", async () => {
  const action = `${CANONICAL}/voice/webhook?turn=1`;
  const { sid, attempts } = await cloud().sayTurn(callSid, { action, speech: "I want to buy a wall & a roof" });
  expect(sid).toBe(callSid);
  expect(attempts[0]).toMatchObject({ url: action, status: 200 });
  const params = received(attempts);
  expect(params).toMatchObject({
    AccountSid: cloud().twilio.state.accountSid,
    CallSid: callSid,
    CallStatus: "in-progress",
    Direction: "inbound",
    From: PERSON,
    To: OWN,
    SpeechResult: "I want to buy a wall & a roof",
    Confidence: "0.9",
  });
  expect(params).not.toHaveProperty("Digits");
});

test("the caller's digits are sent without speech, and given parameters replace the default ones", async () => {
  const further = { params: { CallStatus: "completed", Language: "en-US" } };
  const { attempts } = await cloud().sayTurn(callSid, {
    action: `${CANONICAL}/voice/webhook`,
    digits: "12",
    ...further,
  });
  const params = received(attempts);
  expect(params).toMatchObject({ Digits: "12", CallStatus: "completed", Language: "en-US" });
  expect(params).not.toHaveProperty("SpeechResult");
  expect(params).not.toHaveProperty("Confidence");
});

test("a failed turn goes to the number's fallback with the error", async () => {
  for (const number of cloud().twilio.state.numbers.values()) number.voice_fallback_url = `${FUNNEL}/voice`;
  origin().statuses.push(500);
  const action = `${CANONICAL}/voice/webhook`;
  const { attempts } = await cloud().sayTurn(callSid, { action, speech: "hello" });
  expect(attempts.map(({ url, status }) => [url, status])).toEqual([
    [action, 500],
    [`${FUNNEL}/voice`, 200],
  ]);
  expect(attempts[1]?.params).toMatchObject({ SpeechResult: "hello", ErrorCode: "11200", ErrorUrl: action });
});

test.each([
  ["completed", { DialBridged: "true", DialCallDuration: "42" }],
  ["no-answer", { DialBridged: "false" }],
] as const)("a dial that ends as %s is reported to the action", async (status, expected) => {
  const { attempts } = await cloud().endDial(callSid, { action: `${CANONICAL}/voice/webhook`, status, seconds: 42 });
  const { DialCallSid, ...params } = received(attempts);
  expect(DialCallSid).toMatch(/^CA[0-9a-f]{32}$/);
  expect(DialCallSid).not.toBe(callSid);
  const dialed = Object.entries(params).filter(([name]) => name.startsWith("Dial"));
  expect(Object.fromEntries(dialed)).toEqual({ DialCallStatus: status, ...expected });
  expect(params).toMatchObject({ CallSid: callSid, CallStatus: "in-progress" });
});

test("a recording is made and reported", async () => {
  const url = `${CANONICAL}/voice/recording-complete`;
  const { sid, attempts } = await cloud().completeRecording(callSid, { url, seconds: 12, media: { notReadyFor: 2 } });
  const { resource, media } = cloud().twilio.state.recordings.get(sid) ?? {};
  expect(resource).toMatchObject({ sid, call_sid: callSid, duration: "12", status: "completed" });
  expect(media).toEqual({ notReadyFor: 2 });
  const account = cloud().twilio.state.accountSid;
  expect(received(attempts)).toEqual({
    AccountSid: account,
    CallSid: callSid,
    RecordingSid: sid,
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${account}/Recordings/${sid}`,
    RecordingStatus: "completed",
    RecordingDuration: "12",
    RecordingChannels: "1",
    RecordingSource: "RecordVerb",
    RecordingStartTime: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/),
  });
});

test("a transcription belongs to the call's last recording", async () => {
  const recorded = await cloud().completeRecording(callSid, { url: `${CANONICAL}/voice/recording-complete` });
  origin().received.length = 0;
  const url = `${CANONICAL}/voice/transcription`;
  const { sid, attempts } = await cloud().completeTranscription(callSid, { url, text: "Please call me back." });
  expect(received(attempts)).toMatchObject({
    CallSid: callSid,
    From: PERSON,
    RecordingSid: recorded.sid,
    TranscriptionSid: sid,
    TranscriptionText: "Please call me back.",
    TranscriptionStatus: "completed",
  });
});

test("a call without a recording gets one with its transcription", async () => {
  const url = `${CANONICAL}/voice/transcription`;
  const { attempts } = await cloud().completeTranscription(callSid, { url, text: "", status: "failed" });
  expect([...cloud().twilio.state.recordings.keys()]).toEqual([attempts[0]?.params.RecordingSid]);
  expect(received(attempts)).toMatchObject({ TranscriptionStatus: "failed" });
});

test("a text's status is stored and reported, with the error code if it failed", async () => {
  const { state } = cloud().twilio;
  const resource = newMessage(state, {
    from: OWN,
    to: PERSON,
    body: "hi",
    direction: "outbound-api",
    status: "queued",
  });
  state.messages.push({ resource, params: {} });
  const failed = { url: `${CANONICAL}/sms/status`, status: "undelivered", errorCode: 30034 } as const;
  const { attempts } = await cloud().reportMessageStatus(resource.sid, failed);
  expect(received(attempts)).toEqual({
    AccountSid: state.accountSid,
    ApiVersion: "2010-04-01",
    MessageSid: resource.sid,
    SmsSid: resource.sid,
    MessageStatus: "undelivered",
    SmsStatus: "undelivered",
    From: OWN,
    To: PERSON,
    ErrorCode: "30034",
  });
  expect(resource).toMatchObject({ status: "undelivered", error_code: 30034 });
  origin().received.length = 0;
  const sent = await cloud().reportMessageStatus(resource.sid, { url: failed.url, status: "sent" });
  expect(received(sent.attempts)).not.toHaveProperty("ErrorCode");
  expect(resource).toMatchObject({ status: "sent", error_code: null, date_sent: expect.any(String) });
});

test("the events of an outbound call go to the URLs of its creation", async () => {
  const { state } = cloud().twilio;
  const resource = newCall(state, { from: OWN, to: PERSON, direction: "outbound-api", status: "in-progress" });
  const params = { FallbackUrl: `${FUNNEL}/voice`, StatusCallback: `${CANONICAL}/voice/status` };
  state.calls.push({ resource, params });
  const { attempts } = await cloud().completeCall(resource.sid, 3);
  expect(attempts[0]).toMatchObject({ url: `${CANONICAL}/voice/status` });
  expect(received(attempts)).toMatchObject({ Direction: "outbound-api", From: OWN, CallDuration: "3" });
  origin().statuses.push(500);
  const turn = await cloud().sayTurn(resource.sid, { action: `${CANONICAL}/voice/webhook`, speech: "hi" });
  expect(turn.attempts.map(({ url }) => url)).toEqual([`${CANONICAL}/voice/webhook`, `${FUNNEL}/voice`]);
});

test("an unknown call or text is an error", async () => {
  const url = `${CANONICAL}/voice/status`;
  const noCall = "the account has no call CA0";
  await expect(cloud().sayTurn("CA0", { action: url })).rejects.toThrow(noCall);
  await expect(cloud().endDial("CA0", { action: url, status: "busy" })).rejects.toThrow(noCall);
  await expect(cloud().completeRecording("CA0", { url })).rejects.toThrow(noCall);
  await expect(cloud().completeTranscription("CA0", { url, text: "" })).rejects.toThrow(noCall);
  await expect(cloud().reportMessageStatus("SM0", { url, status: "sent" })).rejects.toThrow("no message SM0");
  expect(origin().received).toHaveLength(0);
});
