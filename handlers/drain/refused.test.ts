import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import type { WebhookRecord } from "../spool/record.ts";
import { callRecord, newHash, newSid } from "../storage/testing/records.ts";
import { createDrain } from "./drain.ts";
import { retryRefused } from "./refused.ts";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());
beforeEach(() => void vi.spyOn(process.stderr, "write").mockReturnValue(true));
afterEach(() => vi.restoreAllMocks());

const ROUNDS = 20;
const run = (sql: string) => storage.pool.query(sql);
const calls = (count: number) => Array.from({ length: count }, () => callRecord());
const bad = () => callRecord("CAnot-a-sid");
const storedOf = (records: readonly WebhookRecord[]) =>
  storage.count(
    `select count(*) from omni_events where sid in (${records.map(({ event }) => `'${event.sid}'`).join(", ")})`,
  );

function textRecord(): WebhookRecord {
  const messageSid = newSid("SM");
  const { event, answer } = callRecord();
  const text = { messageSid, direction: "inbound", mediaUrls: [], status: "received", statusRank: 1 };
  return { signedHash: newHash(), answer, event: { ...event, sid: messageSid, kind: "inbound-text" }, text };
}

async function rounds(drain = storage.drain): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await drain();
}

/** A drain that knows nothing of earlier webhooks, as after a start. */
const freshDrain = () => createDrain({ ...storage, store: storage.newStore() }).round;

describe("a schema that takes no webhook", () => {
  it.each([
    [
      "a column that the handler does not fill",
      "alter table twilio_calls add column tariff text not null default ''; alter table twilio_calls alter column tariff drop default",
      "alter table twilio_calls drop column tariff",
    ],
    [
      "a constraint that no webhook meets",
      "alter table omni_events add constraint wrong check (host = 'nowhere') not valid",
      "alter table omni_events drop constraint wrong",
    ],
    [
      "a trigger that raises a data exception",
      `create function wrong() returns trigger language plpgsql as $$ begin raise sqlstate '22023'; end $$;
       create trigger wrong before insert on twilio_calls for each row execute function wrong()`,
      "drop trigger wrong on twilio_calls; drop function wrong",
    ],
  ])("%s: every webhook waits, and is stored after the correction", async (_what, damage, repair) => {
    await run(damage);
    const records = calls(30);
    storage.spool.keep(records);
    await rounds();
    expect([storage.spool.depth(), storage.spool.refusedCount()]).toEqual([30, 0]);
    expect(storage.store.isDatabaseUp()).toBe(true);
    await run(repair);
    await rounds();
    expect([storage.spool.depth(), storage.spool.refusedCount()]).toEqual([0, 0]);
    expect(await storedOf(records)).toBe(30);
  });

  it("a constraint that came after others of the kind were stored: the webhook waits, since none would be taken now", async () => {
    const drain = freshDrain();
    const early = calls(3);
    storage.spool.keep(calls(3));
    await rounds(drain);
    await run("alter table omni_events add constraint wrong check (host = 'nowhere') not valid");
    // They arrived before the last one of their kind was stored.
    const receivedAt = new Date(Date.now() - 60_000).toISOString();
    storage.spool.keep(early.map((record) => ({ ...record, event: { ...record.event, receivedAt } })));
    await rounds(drain);
    expect([storage.spool.depth(), storage.spool.refusedCount()]).toEqual([3, 0]);
    await run("alter table omni_events drop constraint wrong");
    await rounds(drain);
    expect(await storedOf(early)).toBe(3);
  });

  it("of one table: its webhooks wait, and hold up no others", async () => {
    await run("alter table twilio_sms add constraint wrong check (status = 'never') not valid");
    const texts = Array.from({ length: 20 }, textRecord);
    const others = calls(40);
    storage.spool.keep(texts.flatMap((text, index) => [text, ...others.slice(2 * index, 2 * index + 2)]));
    await rounds(freshDrain());
    expect([storage.spool.depth(), storage.spool.refusedCount()]).toEqual([20, 0]);
    expect(await storedOf(others)).toBe(40);
    await run("alter table twilio_sms drop constraint wrong");
    await rounds();
    expect(storage.spool.depth()).toBe(0);
    expect(await storedOf(texts)).toBe(20);
  });
});

describe("a webhook that the database refuses", () => {
  it("is set aside once another of its kind is taken, even if several come first after a start", async () => {
    const good = calls(10);
    storage.spool.keep([bad(), bad(), ...Array.from({ length: 6 }, (_, index) => callRecord(`CA${index}`)), ...good]);
    const before = storage.spool.refusedCount();
    await rounds(freshDrain());
    expect([storage.spool.depth(), storage.spool.refusedCount()]).toEqual([0, before + 8]);
    expect(await storedOf(good)).toBe(10);
    const reasons = storage.spool.refused(100).map(({ reason }) => reason);
    expect(new Set(reasons)).toEqual(
      new Set(["SQLSTATE 23514, table twilio_calls, constraint twilio_calls_call_sid_check"]),
    );
  });

  it("waits if it is alone", async () => {
    const record = bad();
    storage.spool.keep([record]);
    const before = storage.spool.refusedCount();
    const drain = freshDrain();
    await rounds(drain);
    expect([storage.spool.depth(), storage.spool.refusedCount()]).toEqual([1, before]);
    storage.spool.keep(calls(1));
    await rounds(drain);
    expect([storage.spool.depth(), storage.spool.refusedCount()]).toEqual([0, before + 1]);
  });

  it("is stored if it is tried again after the correction; the others stay", async () => {
    for (const refused of storage.spool.refused(100)) storage.spool.removeRefused(refused);
    await run("alter table twilio_calls add constraint wrong check (status <> 'busy') not valid");
    const busy = [callRecord(newSid("CA"), "busy"), callRecord(newSid("CA"), "busy")];
    storage.spool.keep([...busy, bad(), ...calls(3)]);
    await rounds();
    expect(await retryRefused(storage)).toEqual({ stored: 0, left: 3, reason: expect.stringContaining("23514") });
    await run("alter table twilio_calls drop constraint wrong");
    expect(await retryRefused(storage)).toEqual({
      stored: 2,
      left: 1,
      reason: "SQLSTATE 23514, table twilio_calls, constraint twilio_calls_call_sid_check",
    });
    expect(await storedOf(busy)).toBe(2);
    await storage.postgres.stop();
    await expect(retryRefused(storage)).rejects.toThrow();
    await storage.postgres.start();
    expect(storage.spool.refusedCount()).toBe(1);
  });
});
