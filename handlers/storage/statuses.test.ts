import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { newSid } from "./test-records.ts";
import { callStep, recordOf, type Step, textStep } from "./test-webhooks.ts";
import { writeWebhooks } from "./write-webhooks.ts";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());

/** Writes the webhooks of a new text, one after another, and returns its row. */
async function textAfter(steps: readonly Step[]): Promise<unknown> {
  const sid = newSid("SM");
  for (const step of steps) await writeWebhooks(storage.pool, [recordOf(step(sid))], false);
  const sql = "select status, error_code from twilio_sms where message_sid = $1";
  return (await storage.pool.query(sql, [sid])).rows[0];
}

/** Writes the webhooks of a new call, one after another, and returns its row. */
async function callAfter(steps: readonly Step[]): Promise<unknown> {
  const sid = newSid("CA");
  for (const step of steps) await writeWebhooks(storage.pool, [recordOf(step(sid))], false);
  const sql = "select status, duration_seconds from twilio_calls where call_sid = $1";
  return (await storage.pool.query(sql, [sid])).rows[0];
}

const status = (name: string) => callStep("call-status", name);
const RECORDING: Step = (CallSid) => ({
  event: "recording-complete",
  turn: 0,
  parameters: { CallSid, RecordingSid: CallSid.replace("CA", "RE"), RecordingStatus: "completed" },
});

describe("a status on the way", () => {
  it.each([
    ["in order", ["queued", "sent", "partially_delivered"], "partially_delivered"],
    ["out of order", ["partially_delivered", "queued", "sent"], "partially_delivered"],
    ["before the rest is delivered", ["sent", "partially_delivered", "delivered"], "delivered"],
    ["after the rest was not delivered", ["undelivered", "partially_delivered"], "undelivered"],
  ])("of a text is kept: partially delivered, %s", async (_what, names, expected) => {
    expect(await textAfter(names.map((name) => textStep(name)))).toMatchObject({ status: expected });
  });
});

describe("a status that this release does not know", () => {
  it.each([
    ["after a known one", ["queued", "sent", "held_by_carrier"], "held_by_carrier"],
    ["before a known one", ["held_by_carrier", "queued", "sent"], "held_by_carrier"],
    ["alone", ["held_by_carrier"], "held_by_carrier"],
    ["after another unknown one", ["sent", "held_by_carrier", "let_go_by_carrier"], "let_go_by_carrier"],
    ["before a final one", ["held_by_carrier", "delivered"], "delivered"],
    ["after a final one", ["delivered", "held_by_carrier"], "delivered"],
  ])("of a text is not lost: %s", async (_what, names, expected) => {
    expect(await textAfter(names.map((name) => textStep(name)))).toMatchObject({ status: expected });
  });

  it.each([
    ["after a known one", [status("ringing"), status("screened")], "screened"],
    ["before a known one", [status("screened"), status("in-progress")], "screened"],
    ["after the call's recording", [RECORDING, status("screened")], "screened"],
    ["before a final one", [status("screened"), status("busy")], "busy"],
  ])("of a call is not lost: %s", async (_what, steps, expected) => {
    expect(await callAfter(steps)).toMatchObject({ status: expected });
  });
});
