import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { startSlowLink } from "../../test/support/handler/slow-link.ts";
import type { WebhookRecord } from "../spool/record.ts";
import { openSpool, type Spool } from "../spool/spool.ts";
import { connectDatabase } from "../storage/database.ts";
import { createStore } from "../storage/store.ts";
import { callRecord, newSid } from "../storage/testing/records.ts";
import { createDrain } from "./drain.ts";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());
afterEach(async () => {
  await storage.pool.query("drop trigger if exists slow on omni_events");
});

const statuses = ["queued", "ringing", "in-progress", "completed"];
const calls = (count: number) => Array.from({ length: count }, () => callRecord());
const stepsOf = async (sid: string) => {
  const sql = "select step from omni_events where sid = $1 order by sequence";
  return (await storage.pool.query<{ step: string }>(sql, [sid])).rows.map(({ step }) => step);
};

/** The same webhook with parameters of so many characters. */
function sized(record: WebhookRecord, length: number): WebhookRecord {
  const parameters = { ...record.event.parameters, SpeechResult: "x".repeat(length) };
  return { ...record, event: { ...record.event, parameters } };
}

/** Lets the database take so many milliseconds for each new event. */
async function slowEvents(milliseconds: number): Promise<void> {
  await storage.pool.query(`
    create or replace function pg_temp_slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(${milliseconds / 1_000}); return new; end $$;
    create trigger slow before insert on omni_events for each row execute function pg_temp_slow();`);
}

/** Runs rounds until the spool is empty; fails if many rounds do not empty it. Returns whether the database was ever held for away. */
async function drainAll(round: () => Promise<boolean>, isUp: () => boolean): Promise<boolean> {
  let wasUp = true;
  for (let rounds = 0; storage.spool.depth() > 0; rounds += 1) {
    expect(rounds).toBeLessThan(60);
    await round();
    wasUp &&= isUp();
  }
  return wasUp;
}

describe("a drain of more webhooks than the database takes in time", () => {
  it.each([
    [400, 15],
    [120, 60],
    [3, 1_500],
  ])("empties a spool of %i webhooks against a database at %i ms a row", async (count, milliseconds) => {
    await slowEvents(milliseconds);
    const before = await storage.count("select count(*) from omni_events");
    storage.spool.keep(calls(count));
    expect(await drainAll(storage.drain, storage.store.isDatabaseUp)).toBe(true);
    expect(await storage.count("select count(*) from omni_events")).toBe(before + count);
  });

  it.each([
    [300, 12_000, 1_000_000],
    [20, 60_000, 200_000],
  ])("empties a spool of %i webhooks of %i bytes over a link of %i bytes a second", async (count, length, speed) => {
    const url = new URL(storage.databaseUrl);
    const link = await startSlowLink(Number(url.port), speed);
    url.port = String(link.port);
    const pool = connectDatabase(url.href, 2);
    try {
      const store = createStore({ pool, spool: storage.spool });
      const { round } = createDrain({ pool, spool: storage.spool, store });
      const before = await storage.count("select count(*) from omni_events");
      storage.spool.keep(calls(count).map((record) => sized(record, length)));
      expect(await drainAll(round, store.isDatabaseUp)).toBe(true);
      expect(await storage.count("select count(*) from omni_events")).toBe(before + count);
    } finally {
      await pool.end();
      await link.close();
    }
  });

  it("still finds out that the database is away", async () => {
    storage.spool.keep(calls(3));
    await storage.postgres.stop();
    await expect(storage.drain()).rejects.toThrow();
    expect(storage.store.isDatabaseUp()).toBe(false);
    await storage.postgres.start();
    await drainAll(storage.drain, () => true);
    expect(storage.store.isDatabaseUp()).toBe(true);
  });
});

describe("a drain past a locked row", () => {
  /** Holds the row of a call locked during some work. */
  async function whileLocked(sids: readonly string[], work: () => Promise<void>): Promise<void> {
    for (const sid of sids) await storage.pool.query("insert into twilio_calls (call_sid) values ($1)", [sid]);
    const blocker = await storage.pool.connect();
    await blocker.query("begin");
    await blocker.query("select from twilio_calls where call_sid = any($1) for update", [sids]);
    try {
      await work();
    } finally {
      await blocker.query("rollback");
      blocker.release();
    }
  }

  it("writes the first webhook of every other row, and keeps the order of the locked one", async () => {
    const [a, b, c, d] = [newSid("CA"), newSid("CA"), newSid("CA"), newSid("CA")];
    const [a1, a2] = [callRecord(a, "ringing"), callRecord(a, "completed")];
    await whileLocked([a], async () => {
      storage.spool.keep([a1, callRecord(b), a2, callRecord(c), callRecord(d)]);
      await storage.drain();
      expect([await stepsOf(b), await stepsOf(c), await stepsOf(d)]).toEqual([["ringing"], ["ringing"], ["ringing"]]);
      expect(storage.spool.depth()).toBe(2);
      expect(storage.store.isDatabaseUp()).toBe(true);
      // A webhook that comes later is not held up either.
      storage.spool.keep([callRecord(d, "completed")]);
      await storage.drain();
      expect(await stepsOf(d)).toEqual(["ringing", "completed"]);
      expect(await storage.drain()).toBe(false);
    });
    await drainAll(storage.drain, () => true);
    expect(await stepsOf(a)).toEqual(["ringing", "completed"]);
  });

  it("writes the others even if many rows are locked", async () => {
    const locked = Array.from({ length: 8 }, () => newSid("CA"));
    const free = calls(40);
    await whileLocked(locked, async () => {
      storage.spool.keep([...locked.map((sid) => callRecord(sid)), ...free]);
      while (await storage.drain()) {}
      expect(storage.spool.depth()).toBe(locked.length);
    });
    await drainAll(storage.drain, () => true);
    expect(await stepsOf(locked[7] ?? "")).toEqual(["ringing"]);
  });

  it("writes all webhooks of a row in their order, whatever lies between", async () => {
    const [a, b] = [newSid("CA"), newSid("CA")];
    storage.spool.keep(statuses.flatMap((status) => [callRecord(a, status), callRecord(b, status), callRecord()]));
    await drainAll(storage.drain, () => true);
    expect([await stepsOf(a), await stepsOf(b)]).toEqual([statuses, statuses]);
  });
});

it("of two processes one drains, and the other goes on when that ends", async () => {
  const file = `${storage.spoolFile}-shared`;
  const [first, second] = [openSpool(file), openSpool(file)];
  const roundOf = (spool: Spool) => createDrain({ ...storage, spool }).round;
  first.keep(calls(3));
  await roundOf(first)();
  second.keep(calls(2));
  await roundOf(second)();
  expect(second.depth()).toBe(2);
  first.close();
  await roundOf(second)();
  expect(second.depth()).toBe(0);
  second.close();
});
