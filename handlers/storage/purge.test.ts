import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { blocksRead } from "../../test/support/handler/blocks-read.ts";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { eventually } from "../testing/eventually.ts";
import { connectDatabase } from "./database.ts";
import { createPurge, type Purge, startPurge } from "./purge.ts";
import { inTransaction } from "./transaction.ts";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());
beforeEach(() => storage.pool.query("delete from public.processed_webhook_events"));

/** Inserts stored answers of the given age (SQL), each older than the one before by `apart`. */
async function insertAnswers(count: number, age: string, apart = "1 millisecond"): Promise<void> {
  await storage.pool.query(
    `insert into public.processed_webhook_events (signed_hash, response_status, response_body, processed_at)
     select gen_random_uuid()::text, 200, '', now() - interval '${age}' - older * interval '${apart}'
     from generate_series(1, ${count}) as older`,
  );
}
const left = () => storage.count("select count(*) from public.processed_webhook_events");

it("removes a batch of answers older than 24 hours, and no younger ones", async () => {
  await insertAnswers(7, "24 hours 1 minute");
  await insertAnswers(3, "23 hours 59 minutes");
  await insertAnswers(2, "0 hours");
  const purge = createPurge(storage.pool);
  expect([await purge.batch(5), await left()]).toEqual([true, 7]);
  expect([await purge.batch(5), await left()]).toEqual([false, 5]);
  expect([await purge.batch(5), await left()]).toEqual([false, 5]);
});

it("removes the oldest first", async () => {
  await insertAnswers(2, "25 hours");
  await insertAnswers(2, "30 hours");
  await createPurge(storage.pool).batch(2);
  expect(
    await storage.count(
      "select count(*) from public.processed_webhook_events where processed_at < now() - interval '26 hours'",
    ),
  ).toBe(0);
});

it("skips locked rows, and does not wait for them", async () => {
  const purge = createPurge(storage.pool);
  await insertAnswers(1, "25 hours 30 minutes");
  await inTransaction(storage.pool, async (client) => {
    await client.query("select 1 from public.processed_webhook_events for update");
    await insertAnswers(3, "25 hours");
    expect([await purge.batch(2), await left()]).toEqual([true, 2]);
    expect([await purge.batch(2), await left()]).toEqual([false, 1]);
  });
  // The next round looks again at what was locked.
  expect([await purge.batch(2), await left()]).toEqual([false, 0]);
});

describe("the cost of a batch, in blocks", () => {
  const LIMIT = 50;
  let alone: Pool;
  beforeAll(() => {
    alone = connectDatabase(storage.databaseUrl, 1);
  });
  afterAll(() => alone.end());

  /** The cost of a batch. */
  const costOf = (purge: Purge) =>
    blocksRead(alone, "processed_webhook_events", async () => expect(await purge.batch(LIMIT)).toBe(true));

  async function insertBacklog(count: number, apart?: string): Promise<Purge> {
    await storage.pool.query("truncate public.processed_webhook_events");
    await insertAnswers(count, "2 days", apart);
    return createPurge(alone);
  }

  it("does not grow with the backlog", async () => {
    const small = await costOf(await insertBacklog(1_000));
    const large = await costOf(await insertBacklog(60_000));
    expect(small).toBeGreaterThan(LIMIT);
    expect(large).toBeLessThan(2 * small);
  });

  it("does not grow with the removed answers that a vacuum cannot take away yet", async () => {
    const old = await storage.pool.connect();
    try {
      await old.query("begin isolation level repeatable read; select 1");
      const purge = await insertBacklog(40_000);
      const first = await costOf(purge);
      expect(await purge.batch(39_000)).toBe(true);
      expect(await costOf(purge)).toBeLessThan(2 * first);
    } finally {
      await old.query("rollback");
      old.release();
    }
  });

  it("does not grow in the rounds after a large one either", async () => {
    const purge = await insertBacklog(40_000, "1 second");
    const first = await costOf(purge);
    expect(await purge.batch(40_000)).toBe(false);
    await insertAnswers(LIMIT, "24 hours 1 minute");
    expect(await costOf(purge)).toBeLessThan(3 * first);
    expect(await left()).toBe(0);
  });
});

it("continues, in two processes at once, until no old answer is left", async () => {
  await insertAnswers(23, "2 days");
  await insertAnswers(1, "1 hour");
  const settings = { pool: storage.pool, everyMs: 3_600_000, batch: 5, pauseMs: 1 };
  const workers = [startPurge(settings), startPurge(settings)];
  await eventually(async () => expect(await left()).toBe(1));
  await Promise.all(workers.map((worker) => worker.stop()));
});

it("stops in the middle of a pause", async () => {
  await insertAnswers(10, "2 days");
  const worker = startPurge({ pool: storage.pool, batch: 5, pauseMs: 3_600_000 });
  await eventually(async () => expect(await left()).toBe(5));
  await worker.stop();
  expect(await left()).toBe(5);
});
