import { expect, test } from "vitest";
import { z } from "zod";
import { setCampaignStatus } from "../registrations/campaign.ts";
import { registerSenders } from "../registrations/register-senders.ts";
import { callApi } from "../testing/account.ts";
import { CANONICAL, cloudSuite, OWN, PERSON } from "../testing/cloud.ts";

const TOLLFREE = "+18446883807";
const STATUS = `${CANONICAL}/sms/status`;
const Created = z.object({ sid: z.string(), status: z.string(), error_code: z.null() });

const { cloud, origin } = cloudSuite();

const messages = () => `https://api.twilio.com/2010-04-01/Accounts/${cloud().twilio.state.accountSid}/Messages`;

/** Creates a text over the API, and returns the answer. */
async function send(from: string, form: Record<string, string> = {}) {
  const sent = { From: from, To: PERSON, Body: "hi", StatusCallback: STATUS, ...form };
  return Created.parse((await callApi(cloud().twilio, `${messages()}.json`, { form: sent })).json);
}

const reported = () =>
  origin().received.map(({ body }) => {
    const params = new URLSearchParams(body);
    return [params.get("MessageSid"), params.get("MessageStatus"), params.get("ErrorCode")];
  });

test.each([
  ["a local number without a campaign", OWN, 30034],
  ["a toll-free number without a verification", TOLLFREE, 30032],
])("a text from %s is accepted, sent and then not delivered", async (_what, from, error_code) => {
  const created = await send(from);
  expect(created.status).toBe("queued");
  await cloud().textsSettled();
  expect(reported()).toEqual([
    [created.sid, "sent", null],
    [created.sid, "undelivered", String(error_code)],
  ]);
  expect((await callApi(cloud().twilio, `${messages()}/${created.sid}.json`)).json).toMatchObject({
    status: "undelivered",
    error_code,
  });
});

test.each([OWN, TOLLFREE])(
  "a text from the registered number %s stays queued until its status is reported",
  async (from) => {
    registerSenders(cloud().twilio.state);
    const { sid } = await send(from);
    await cloud().textsSettled();
    expect(reported()).toEqual([]);
    expect(cloud().twilio.state.messages).toMatchObject([{ resource: { status: "queued", error_code: null } }]);
    await cloud().reportMessageStatus(sid, { status: "delivered" });
    expect(reported()).toEqual([[sid, "delivered", null]]);
  },
);

test("a refused text cannot be reported as delivered", async () => {
  const { sid } = await send(OWN);
  await cloud().textsSettled();
  for (const status of ["delivered", "read"] as const) {
    await expect(cloud().reportMessageStatus(sid, { status })).rejects.toThrow(`${OWN} is not registered (30034)`);
  }
  expect(cloud().twilio.state.messages).toMatchObject([{ resource: { status: "undelivered" } }]);
});

test("the registration counts when the carriers get the text", async () => {
  const { campaign } = registerSenders(cloud().twilio.state);
  await send(OWN);
  await cloud().textsSettled();
  setCampaignStatus(campaign, "FAILED");
  const { sid } = await send(OWN);
  await cloud().textsSettled();
  expect(reported().map(([of]) => of)).toEqual([sid, sid]);
});

test("a text that is deleted meanwhile is reported no more", async () => {
  const { sid } = await send(OWN);
  await callApi(cloud().twilio, `${messages()}/${sid}.json`, { method: "DELETE" });
  await cloud().textsSettled();
  expect(cloud().twilio.state.messages).toEqual([]);
});

test("a text without a callback is refused too, and so is a text whose creation was answered with an error", async () => {
  cloud().twilio.faults.fail({ status: 500, processed: true });
  await callApi(cloud().twilio, `${messages()}.json`, { form: { From: OWN, To: PERSON, Body: "hi" } });
  await cloud().textsSettled();
  expect(reported()).toEqual([]);
  expect(cloud().twilio.state.messages).toMatchObject([{ resource: { status: "undelivered", error_code: 30034 } }]);
});

test("a close waits for no answer of the handler", async () => {
  origin().delays.push(60_000);
  await send(OWN);
  await expect.poll(() => origin().received.length).toBe(1);
  await cloud().close();
  await cloud().textsSettled();
});
