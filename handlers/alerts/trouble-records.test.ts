import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { blocksRead } from "../../test/support/handler/blocks-read.ts";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { clearEvents, insertEvent } from "../dispatch/test-events.ts";
import { setLogLevel } from "../log/log.ts";
import { clearRecordings, insertRecording } from "../recordings/test-recordings.ts";
import { connectDatabase } from "../storage/database.ts";
import { startEndpoint, type TestEndpoint } from "../testing/endpoint.ts";
import { sweepAlerts } from "./sweeper.ts";
import { clearAlerts, readAlerts } from "./test-alerts.ts";
import { countTroubles, type Positions } from "./trouble-records.ts";

const TEN_FAILED = "dispatch_attempts = 10, dispatch_error = 'HTTP 503:'";
const FAILING = { cause: "events-failing", isOver: false, toldEnd: false };

let storage: HubStorage;
let discord: TestEndpoint;
beforeAll(async () => {
  setLogLevel("error");
  [storage, discord] = await Promise.all([startHubStorage(), startEndpoint()]);
});
afterAll(() => Promise.all([storage.close(), discord.close()]));
beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  discord.received.length = 0;
  discord.answer = () => ({ status: 204 });
  await Promise.all([clearEvents(storage.pool), clearRecordings(storage.pool), clearAlerts(storage.pool)]);
});
afterEach(() => vi.restoreAllMocks());

const run = (sql: string) => storage.pool.query(sql);
const contents = () => discord.received.map(({ body }) => String(JSON.parse(body).content));
/** Sweeps as one process. By default people may be told again at once. */
const sweep = (minutesBetween = 0) =>
  sweepAlerts({ pool: storage.pool, discord: { webhookUrl: `${discord.url}/secret` }, minutesBetween });

/** Inserts failing events, by thousands: one statement must end in time. */
async function insertFailing(thousands: number): Promise<void> {
  for (let done = 0; done < thousands; done++) {
    await run(`
      insert into omni_events (sid, kind, step, host, parameters, received_at, dispatch_state, dispatch_attempts, dispatch_error)
      select 'SM' || replace(gen_random_uuid()::text, '-', ''), 'inbound-text', 'received', 'canonical', '{}', now(), 'waiting', 10, 'HTTP 503:'
      from generate_series(1, 1000)`);
  }
}
const gatewayTakesAll = () => run("update omni_events set dispatch_state = 'done', dispatch_error = null");

describe("many troubles at once", () => {
  afterEach(async () => {
    await run("drop trigger if exists slow on omni_events");
    await run("drop trigger if exists measure on omni_events");
  });

  it("are told in one alert with their number, once", async () => {
    await insertFailing(20);
    expect(await sweep()).toEqual({ kind: "sent" });
    expect(contents()).toEqual([
      expect.stringMatching(/^Twilio hub: 20000 events keep failing .*\n.* and 19997 more\nLast reason: `HTTP 503:`$/),
    ]);
    expect(await storage.count("select count(*) from omni_events where alerted_at is null")).toBe(0);
    expect(await sweep()).toBeUndefined();
    expect(await readAlerts(storage.pool)).toEqual([{ ...FAILING, count: 20_000, told: 20_000 }]);
  });

  it("are told once by a database that takes longer for all of them than a statement may take", async () => {
    await run(`
      create or replace function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.002); return new; end $$`);
    await insertFailing(2);
    await run("create trigger slow before update on omni_events for each row execute function slow()");
    expect(await sweep()).toEqual({ kind: "sent" });
    expect(await sweep()).toBeUndefined();
    expect(contents()).toEqual([expect.stringContaining("2000 events keep failing")]);
  });

  it("are counted at a cost that does not grow with their number", async () => {
    const alone = connectDatabase(storage.databaseUrl, 1);
    const costOf = (positions: Positions) =>
      blocksRead(alone, "omni_events", () => countTroubles(alone, "events-failing", 50, positions));
    try {
      await insertFailing(1);
      const few = await costOf(new Map());
      await insertFailing(20);
      const positions: Positions = new Map();
      const many = await costOf(positions);
      for (let done = 0; done < 100; done++) await countTroubles(alone, "events-failing", 100, positions);
      const last = await costOf(positions);
      expect(Math.max(many, last)).toBeLessThan(2 * few);
    } finally {
      await alone.end();
    }
  });

  it("are marked in statements of bounded size", async () => {
    await run("create table if not exists sizes (size bigint)");
    await run(`
      create or replace function measure() returns trigger language plpgsql as $$
      begin insert into sizes select count(*) from changed; return null; end $$`);
    await run(`
      create trigger measure after update on omni_events referencing new table as changed
      for each statement execute function measure()`);
    await insertFailing(3);
    await sweep();
    expect(await storage.count("select sum(size) from sizes")).toBe(3_000);
    expect(await storage.count("select max(size) from sizes")).toBeLessThanOrEqual(200);
  });
});

describe("a record", () => {
  it("is written before anybody is told", async () => {
    await insertFailing(1);
    const records: unknown[] = [];
    discord.answer = async () => {
      records.push(...(await readAlerts(storage.pool)));
      return { status: 204 };
    };
    await sweep();
    expect(records).toEqual([{ ...FAILING, count: 1_000, told: 0 }]);
  });

  it("stays if Discord is away, counts on, and is told when Discord is back", async () => {
    discord.answer = () => ({ status: 503 });
    await insertEvent(storage.pool, TEN_FAILED);
    expect(await sweep()).toMatchObject({ kind: "failed" });
    await insertEvent(storage.pool, TEN_FAILED);
    expect(await sweep()).toMatchObject({ kind: "failed" });
    expect(await readAlerts(storage.pool)).toEqual([{ ...FAILING, count: 2, told: 0 }]);
    discord.answer = () => ({ status: 204 });
    expect(await sweep()).toEqual({ kind: "sent" });
    expect(contents().at(-1)).toMatch(/^Twilio hub: 2 events keep failing/);
  });

  it("is told twice rather than never if a process ends while it tells", async () => {
    await insertEvent(storage.pool, TEN_FAILED);
    await sweep();
    await run("update hub_alerts set told_count = 0, told_at = null, claimed_until = now() + interval '1 second'");
    expect(await sweep()).toBeUndefined();
    await run("update hub_alerts set claimed_until = now() - interval '1 second'");
    expect(await sweep()).toEqual({ kind: "sent" });
  });

  it("knows the first and the last of its troubles", async () => {
    await insertEvent(storage.pool, `${TEN_FAILED}, received_at = '2026-11-22T10:00:00Z'`);
    await sweep();
    await insertEvent(storage.pool, `${TEN_FAILED}, received_at = '2026-11-22T11:30:00Z'`);
    await sweep();
    const { rows } = await run("select first_seen_at, last_seen_at, opened_at is not null as opened from hub_alerts");
    const [first, last] = ["2026-11-22T10:00:00Z", "2026-11-22T11:30:00Z"].map((at) => new Date(at));
    expect(rows).toEqual([{ first_seen_at: first, last_seen_at: last, opened: true }]);
    expect(contents().at(-1)).toContain(
      "1 more event keeps failing and is retried. 2 in all since 2026-11-22 10:00 UTC.",
    );
  });
});

describe("the end of a cause", () => {
  it.each([
    ["failing events", () => insertEvent(storage.pool, TEN_FAILED), gatewayTakesAll, "no event keeps failing"],
    [
      "refused events",
      () => insertEvent(storage.pool, "dispatch_state = 'parked'"),
      () => run("update omni_events set dispatch_state = 'waiting', dispatch_attempts = 0, alerted_at = null"),
      "no refused event is left",
    ],
    [
      "failed recordings",
      () => insertRecording(storage.pool, "state = 'failed'"),
      () => run("update twilio_recordings set state = 'waiting', attempts = 0, alerted_at = null"),
      "no failed recording is left",
    ],
  ])("of %s is told at once, and once", async (_what, fail, repair, over) => {
    await fail();
    expect(await sweep()).toEqual({ kind: "sent" });
    expect(await sweep(15)).toBeUndefined();
    await repair();
    expect(await sweep(15)).toEqual({ kind: "sent" });
    expect(await sweep(15)).toBeUndefined();
    expect(contents().at(-1)).toMatch(new RegExp(`^Twilio hub: over after 0 minutes: ${over}; 1 in all since `));
    expect(await readAlerts(storage.pool)).toMatchObject([{ count: 1, isOver: true, toldEnd: true }]);
  });

  it("of a large outage is told with the number of all of them", async () => {
    await insertFailing(2);
    await sweep();
    await gatewayTakesAll();
    await sweep();
    expect(contents().at(-1)).toMatch(/over after .*; 2000 in all since /);
  });

  it("waits until the last of them is over", async () => {
    const sids = [await insertEvent(storage.pool, TEN_FAILED), await insertEvent(storage.pool, TEN_FAILED)];
    await sweep();
    for (const [index, sid] of sids.entries()) {
      await run(`update omni_events set dispatch_state = 'done' where sid = '${sid}'`);
      expect(await sweep()).toEqual(index === 0 ? undefined : { kind: "sent" });
    }
  });

  it("is followed by another record if the cause comes back, which is told after the usual pause", async () => {
    await insertEvent(storage.pool, TEN_FAILED);
    await sweep();
    await gatewayTakesAll();
    await sweep();
    await insertEvent(storage.pool, TEN_FAILED);
    expect(await sweep(15)).toBeUndefined();
    expect(await sweep()).toEqual({ kind: "sent" });
    expect(await readAlerts(storage.pool)).toMatchObject([
      { count: 1, isOver: true },
      { count: 1, told: 1, isOver: false },
    ]);
  });

  it("is told also if Discord was away all the time", async () => {
    discord.answer = () => ({ status: 503 });
    await insertEvent(storage.pool, TEN_FAILED);
    await sweep();
    await gatewayTakesAll();
    await sweep();
    discord.answer = () => ({ status: 204 });
    expect(await sweep()).toEqual({ kind: "sent" });
    expect(contents().at(-1)).toMatch(/^Twilio hub: over after 0 minutes: no event keeps failing; 1 in all since/);
  });

  it("of failed calls and texts is told after a day without another one", async () => {
    await run(`
      insert into twilio_outbound (idempotency_key, kind, to_number, from_number, request, state)
      values ('a', 'call', '+12135550100', '+19497798471', '{}', 'failed')`);
    await sweep();
    await run("update twilio_outbound set updated_at = now() - interval '23 hours'");
    expect(await sweep()).toBeUndefined();
    await run("update twilio_outbound set updated_at = now() - interval '25 hours'");
    expect(await sweep()).toEqual({ kind: "sent" });
    expect(contents().at(-1)).toContain("no call or text has failed for a day; 1 in all");
    await run("delete from twilio_outbound");
  });
});
