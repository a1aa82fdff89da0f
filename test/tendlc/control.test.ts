/** The proof that the other tests in this folder would see a text: with everything approved a text leaves, exactly once. */
import { afterEach, expect, onTestFinished, test } from "vitest";
import { VERIFIED_RECORD, withdrawn } from "../../handlers/outbound/gate/test-approvals.ts";
import { eventually } from "../../handlers/testing/eventually.ts";
import { setCampaignStatus } from "../../loopback/twilio/registrations/campaign.ts";
import { NO_TEXT, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { PRIMARY, TO, TOLL_FREE, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const { site, text, texts } = tendlcSuite();
afterEach(() => site().cloud.twilio.faults.clear());

test("10DLC: if the manifest, the gate file and the five gates approve, a text leaves, exactly once, from either number", async () => {
  const hub = await site().startHub({ tollfree: VERIFIED_RECORD });
  expect(await text()).toMatchObject({ state: "sent" });
  expect(texts()).toEqual(ONE_TEXT);
  await site().clear();
  expect(await text({ from: TOLL_FREE })).toMatchObject({ state: "sent" });
  expect(texts()).toEqual(ONE_TEXT);
  await hub.close();
});

test("10DLC: the text has the requested content, and its status callbacks are stored in twilio_sms", async () => {
  const hub = await site().startHub();
  await text();
  const [message] = site().cloud.twilio.state.messages;
  const { sid = "", ...sent } = message?.resource ?? {};
  expect(sent).toMatchObject({ to: TO, body: "Hello.", messaging_service_sid: null, direction: "outbound-api" });
  const status = () =>
    site().pool.query("select status, direction, to_number from twilio_sms where message_sid = $1", [sid]);
  for (const reported of ["sent", "delivered"] as const) {
    const { attempts } = await site().cloud.reportMessageStatus(sid, { status: reported });
    expect(attempts.map((attempt) => attempt.status)).toEqual([204]);
    await eventually(async () =>
      expect((await status()).rows).toEqual([{ status: reported, direction: "outbound", to_number: TO }]),
    );
  }
  await hub.close();
});

test("10DLC: a text from a number that is not registered leaves once, and is stored as undelivered", async () => {
  const { campaign } = site().registrations;
  const hub = await site().startHub();
  await text();
  await site().clear();
  // Twilio's last word still stands.
  setCampaignStatus(campaign, "FAILED");
  onTestFinished(() => setCampaignStatus(campaign, "VERIFIED"));
  expect(await text()).toMatchObject({ state: "sent" });
  await site().cloud.textsSettled();
  await eventually(async () =>
    expect(
      (await site().pool.query("select status, error_code from twilio_sms where error_code is not null")).rows,
    ).toEqual([{ status: "undelivered", error_code: "30034" }]),
  );
  expect(texts()).toEqual(ONE_TEXT);
  await hub.close();
});

test("10DLC: a withdrawn approval shuts the gate at once, without a restart, and a new one opens it", async () => {
  const hub = await site().startHub();
  expect(await text()).toMatchObject({ state: "sent" });
  await site().clear();
  await site().writeGateFile(withdrawn(site().manifest));
  expect(await text()).toMatchObject({ state: "blocked", reason: expect.stringContaining("it is shut: withdrawn") });
  expect(texts()).toEqual(NO_TEXT);
  await site().writeGateFile();
  expect(await text()).toMatchObject({ state: "sent" });
  expect(texts()).toEqual(ONE_TEXT);
  await hub.close();
});

test.each([
  ["an HTTP 500", { status: 500 }],
  ["a cut connection", { drop: true }],
] as const)(
  "10DLC: a text that Twilio accepted, but answered with %s, is found there and leaves once",
  async (_what, fault) => {
    const hub = await site().startHub();
    site().cloud.twilio.faults.fail({ ...fault, processed: true, method: "POST", path: "/Messages" });
    expect(await text()).toMatchObject({ state: "sent" });
    expect(texts()).toEqual(ONE_TEXT);
    await hub.close();
  },
);

test("10DLC: an approval that is withdrawn between a 429 and the next attempt blocks the text", async () => {
  const hub = await site().startHub();
  site().cloud.twilio.faults.fail({ status: 429, retryAfterSeconds: 2, method: "POST", path: "/Messages" });
  const { id } = await site().client.sendMessage({ to: TO, from: PRIMARY, body: "Hello." });
  const status = () => site().client.status("message", id);
  await eventually(async () => expect(await status()).toMatchObject({ state: "queued", attempts: 1 }));
  await site().writeGateFile(withdrawn(site().manifest));
  expect(await site().outcome(id)).toMatchObject({ state: "blocked", reason: expect.stringContaining("withdrawn") });
  expect(texts()).toEqual({ ...NO_TEXT, creates: 1, requests: 1 });
  await hub.close();
});
