/**
 * Rows and jobs that somebody writes into the database by hand. The hub runs with an open gate file and passing gates, so that only the
 * manifest's denial blocks the texts.
 */
import { afterAll, describe, expect, test } from "vitest";
import { createJobs, type Jobs } from "../../handlers/outbound/queue/job-queue.ts";
import type { RunningHub } from "../../handlers/start-hub.ts";
import { inTransaction } from "../../handlers/storage/transaction.ts";
import { eventually } from "../../handlers/testing/eventually.ts";
import { type Columns, TEXT, writeRow } from "../support/tendlc/hand-written-row.ts";
import { DENIED_RECORD, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { PRIMARY, TO, TOLL_FREE, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const CALL = { kind: "call", to: TO, from: PRIMARY, route: "/voice/webhook" };

let hub: RunningHub;
let jobs: Jobs;
const { site, texts } = tendlcSuite({
  prepare: async (made) => {
    hub = await made.startHub({ tendlc: DENIED_RECORD });
    jobs = createJobs(made.pool);
  },
  expectsNoText: true,
});
afterAll(() => jobs.close());

const write = (columns?: Columns, jobNumber?: string) => writeRow(site().pool, jobs, columns, jobNumber);

/** Waits until the queue has nothing left to do. */
async function drained(): Promise<void> {
  const left = "select count(*) from hub_queue.job where state in ('created', 'active', 'retry')";
  await eventually(async () => expect(await site().count(left)).toBe(0));
}

/** A request that may have left before its process ended. Only the last of the checks at Twilio is still to come. */
const INTERRUPTED = { state: "unknown", doubt: "interrupted", attempts: 1, checks: 3, sending_since: new Date() };
const request = (changes: object, from: object = TEXT) => ({ request: JSON.stringify({ ...from, ...changes }) });

describe("a row with its job", () => {
  test.each<[string, Columns]>([
    ["of kind message", {}],
    ["from the toll-free number", { ...request({ from: TOLL_FREE }), from_number: TOLL_FREE }],
    ["with a reason to leave", { reason: "approved", attempts: 3, limited: 2 }],
    ["with a key that looks approved", { idempotency_key: "approved" }],
    ["that was interrupted, and goes back into the queue", INTERRUPTED],
    ["that was interrupted long ago", { ...INTERRUPTED, sending_since: new Date(0) }],
    ["that was interrupted before it began", { ...INTERRUPTED, sending_since: null }],
  ])("10DLC: %s: blocked", async (_what, columns) => {
    const outcome = await site().outcome(await write(columns));
    expect(outcome).toEqual({ state: "blocked", reason: expect.stringContaining("the manifest does not approve") });
    await drained();
  });
});

describe("a row that no valid request could create", () => {
  test.each<[string, Columns]>([
    ["of kind call whose request is a text", { kind: "call" }],
    ["of kind message whose request is a call", { request: JSON.stringify(CALL) }],
    ["of kind call with both a body and a route", { kind: "call", ...request({ body: "Hello." }, CALL) }],
    ["whose request is to a whatsapp: address", { ...request({ to: `whatsapp:${TO}` }), to_number: `whatsapp:${TO}` }],
    ["to a whatsapp: address only in its column", { to_number: `whatsapp:${TO}` }],
    ["with a messaging service", request({ messagingServiceSid: `MG${"a".repeat(32)}` })],
    ["from a messaging service", { ...request({ from: `MG${"a".repeat(32)}` }), from_number: `MG${"a".repeat(32)}` }],
    ["from somebody else's number", { ...request({ from: "+13105550142" }), from_number: "+13105550142" }],
    ["with Twilio's own parameters", { request: JSON.stringify({ To: TO, From: PRIMARY, Body: "Hello." }) }],
    ["with a request in a list", { request: JSON.stringify([TEXT]) }],
    ["with a request in a text", { request: JSON.stringify(JSON.stringify(TEXT)) }],
    ["with no request", { request: "null" }],
    ["with a clearance in its request", request({ clearance: {}, approved: true })],
  ])("10DLC: %s: does not leave", async (_what, columns) => {
    const isText = columns.kind !== "call";
    const outcome = await site().outcome(await write(columns));
    expect(outcome.state).toBe(isText ? "blocked" : "failed");
    if (isText) expect(outcome.reason).toMatch(/^(plan \S+, B14a|no registration|WhatsApp): /);
    await drained();
  });

  test("10DLC: of an unknown state or kind: the table refuses it", async () => {
    await expect(write({ state: "approved" })).rejects.toThrow("check constraint");
    await expect(write({ kind: "sms" })).rejects.toThrow("check constraint");
  });

  test("10DLC: whose job is in another number's queue: blocked", async () => {
    expect(await site().outcome(await write({}, TOLL_FREE))).toMatchObject({ state: "blocked" });
    await drained();
  });

  test("10DLC: left in the state sending by a process that ended: checked at Twilio, and blocked", async () => {
    const id = await write({ state: "sending", attempts: 1, sending_since: new Date() });
    await eventually(async () =>
      expect(await site().count("select count(*) from twilio_outbound where state = 'unknown'")).toBe(1),
    );
    // Skip to the last check.
    await site().pool.query("update twilio_outbound set checks = 3 where id = $1", [id]);
    expect(await site().outcome(id)).toMatchObject({
      state: "blocked",
      reason: expect.stringContaining("does not approve"),
    });
    expect(site().cloud.twilio.requests).toContainEqual({
      method: "GET",
      path: expect.stringContaining("/Messages.json"),
    });
    await drained();
  });
});

describe("a settled row", () => {
  test.each([["sent"], ["blocked"], ["failed"]])("10DLC: %s, with a new job: nothing happens", async (state) => {
    const id = await write({ state });
    await drained();
    expect(await site().outcome(id)).toMatchObject({ state });
  });

  test.each([["sent"], ["blocked"], ["failed"]])(
    "10DLC: %s, set back to queued with a new job: blocked",
    async (state) => {
      const id = await write({ state, attempts: 1, sid: state === "sent" ? `SM${"a".repeat(32)}` : null });
      await drained();
      await site().pool.query("update twilio_outbound set state = 'queued', reason = null where id = $1", [id]);
      await inTransaction(site().pool, (client) => jobs.add(client, id, PRIMARY));
      expect(await site().outcome(id)).toMatchObject({
        state: "blocked",
        reason: expect.stringContaining("does not approve"),
      });
      await drained();
    },
  );
});

describe("a job without its row", () => {
  test.each<[string, object]>([
    ["with an unknown id", { id: crypto.randomUUID() }],
    ["with the text in it", { id: crypto.randomUUID(), request: TEXT, ...TEXT }],
    ["with a value that is not an id", { id: "' or true --" }],
  ])("10DLC: %s: ends without a text", async (_what, data) => {
    await site().pool.query(
      `insert into hub_queue.job (name, data, singleton_key, policy, retry_limit, expire_seconds)
       select name, $1, $2, policy, retry_limit, expire_seconds from hub_queue.queue where name = 'outbound'`,
      [JSON.stringify(data), PRIMARY],
    );
    await drained();
  });
});

test("10DLC control: the same rows leave, exactly once each, if everything is approved", async () => {
  await hub.close();
  await site().startHub();
  for (const columns of [{}, INTERRUPTED]) {
    expect(await site().outcome(await write(columns))).toMatchObject({ state: "sent" });
    await drained();
    expect(texts()).toEqual(ONE_TEXT);
    await site().clear();
  }
});
