import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { apiAccount } from "../start/validity.ts";
import { CREDENTIALS } from "../testing/manifest.ts";
import { sendAuthorised } from "./api-account.ts";

const END = new Date("2026-07-01T00:00:00.000Z");
const credentials = { ...CREDENTIALS, authTokens: [{ token: "first" }, { token: "second", validUntil: END }] };

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: END.getTime() - 1 }));
afterEach(() => vi.useRealTimers());

/** Twilio, which accepts only some tokens, and the tokens that it was sent. */
function twilioThatAccepts(...tokens: string[]) {
  const sent: string[] = [];
  const send = async (authorization: string) => {
    const [sid, token = ""] = Buffer.from(authorization.slice("Basic ".length), "base64").toString().split(":");
    expect(sid).toBe(CREDENTIALS.accountSid);
    sent.push(token);
    return new Response("", { status: tokens.includes(token) ? 201 : 401 });
  };
  return { sent, send, accept: (...others: string[]) => tokens.splice(0, tokens.length, ...others) };
}

test("the first token is tried first, and the other one only after a 401", async () => {
  const account = apiAccount(credentials);
  const twilio = twilioThatAccepts("first", "second");
  expect((await sendAuthorised(account, twilio.send)).status).toBe(201);
  twilio.accept("second");
  expect((await sendAuthorised(account, twilio.send)).status).toBe(201);
  expect(twilio.sent).toEqual(["first", "first", "second"]);
});

test("the token that was accepted last is tried first, until Twilio refuses it", async () => {
  const account = apiAccount(credentials);
  const twilio = twilioThatAccepts("second");
  for (let request = 0; request < 3; request += 1) await sendAuthorised(account, twilio.send);
  expect(twilio.sent.splice(0)).toEqual(["first", "second", "second", "second"]);
  twilio.accept("first");
  for (let request = 0; request < 2; request += 1) await sendAuthorised(account, twilio.send);
  expect(twilio.sent).toEqual(["second", "first", "first"]);
});

test("a token is no longer tried after its last day, even if it was accepted last", async () => {
  const account = apiAccount(credentials);
  const twilio = twilioThatAccepts("second");
  await sendAuthorised(account, twilio.send);
  vi.setSystemTime(END);
  expect((await sendAuthorised(account, twilio.send)).status).toBe(401);
  expect(twilio.sent).toEqual(["first", "second", "first"]);
});

test.each([400, 403, 404, 429, 500, 503])("a %i is the answer, and no other token is tried", async (status) => {
  const send = vi.fn(async () => new Response("", { status }));
  expect((await sendAuthorised(apiAccount(credentials), send)).status).toBe(status);
  expect(send).toHaveBeenCalledOnce();
});

test("with an API key only the key is tried, whatever the auth tokens are", async () => {
  const apiKey = { sid: `SK${"5".repeat(32)}`, secret: "secret-of-the-key" };
  const account = apiAccount({ ...credentials, apiKey });
  const sent: string[] = [];
  const answer = await sendAuthorised(account, async (authorization) => {
    sent.push(Buffer.from(authorization.slice("Basic ".length), "base64").toString());
    return new Response("", { status: 401 });
  });
  expect(answer.status).toBe(401);
  expect(sent).toEqual([`${apiKey.sid}:${apiKey.secret}`]);
  expect(account.accountSid).toBe(CREDENTIALS.accountSid);
});

test("without an API key and an auth token there is no account", () => {
  expect(() => apiAccount({ ...CREDENTIALS, authTokens: [] })).toThrow("no API key and no auth token");
});

test("if every token is refused, each was tried once", async () => {
  const twilio = twilioThatAccepts();
  expect((await sendAuthorised(apiAccount(credentials), twilio.send)).status).toBe(401);
  expect(twilio.sent).toEqual(["first", "second"]);
});
