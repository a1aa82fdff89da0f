/**
 * How long texts still leave after the cause that must stop them: the measured times are printed, for the table in docs/handler.md. The tries assert no
 * time, only that nothing leaves after the first blocked text.
 */
import { beforeEach, expect, test } from "vitest";
import { withdrawn } from "../../handlers/outbound/gate/test-approvals.ts";
import type { RunningHub } from "../../handlers/start-hub.ts";
import { setBrandStatus } from "../../loopback/twilio/registrations/brand-registration.ts";
import { DENIED_RECORD } from "../support/tendlc/tendlc-site.ts";
import { PRIMARY, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";
import { readWordsNow } from "../support/tendlc/twilio-word.ts";

let hub: RunningHub;
const { site, text, texts } = tendlcSuite({
  prepare: async (made) => {
    hub = await made.startHub();
  },
});

beforeEach(async () => {
  setBrandStatus(site().registrations.brand, "APPROVED");
  await readWordsNow(site());
});

/** Longer than a word of Twilio is kept before it is read again. */
const PATIENCE_MS = 120_000;

async function suspend(): Promise<void> {
  setBrandStatus(site().registrations.brand, "SUSPENDED");
}

async function refuseByCarriers(): Promise<void> {
  const [message] = site().cloud.twilio.state.messages;
  await site().cloud.reportMessageStatus(message?.resource.sid ?? "", { status: "undelivered", errorCode: 30034 });
}

async function restartDenied(): Promise<void> {
  await hub.close();
  hub = await site().startHub({ tendlc: DENIED_RECORD });
}

const withdraw = () => site().writeGateFile(withdrawn(site().manifest));

test.each<[string, () => Promise<void>, string]>([
  ["the gate file is shut", withdraw, "withdrawn"],
  ["the carriers refuse a text (30034)", refuseByCarriers, "30034"],
  ["Twilio suspends the brand", suspend, "SUSPENDED"],
  ["a release starts whose config does not approve", restartDenied, "the manifest does not approve"],
])("10DLC: after %s texts stop", { timeout: PATIENCE_MS }, async (what, cause, reason) => {
  expect(await text({ from: PRIMARY })).toMatchObject({ state: "sent" });
  const begunAt = performance.now();
  await cause();
  let left = -1;
  let outcome: Awaited<ReturnType<typeof text>>;
  do {
    outcome = await text();
    left += 1;
  } while (outcome.state === "sent");
  const milliseconds = Math.round(performance.now() - begunAt);
  process.stdout.write(`${what}: the first text was blocked after ${milliseconds} ms; ${left} left before it\n`);
  expect(outcome).toMatchObject({ state: "blocked", reason: expect.stringContaining(reason) });
  const before = texts();
  for (let index = 0; index < 3; index++) expect(await text()).toMatchObject({ state: "blocked" });
  expect(texts()).toEqual(before);
});
