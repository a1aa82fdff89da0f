import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { eventually } from "../testing/eventually.ts";
import { purgeAnswers, startPurge } from "./purge.ts";
import { inTransaction } from "./transaction.ts";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());
beforeEach(() => storage.pool.query("delete from public.processed_webhook_events"));

/** Inserts stored answers of the given age (SQL). */
async function insertAnswers(count: number, age: string): Promise<void> {
  await storage.pool.query(
    `insert into public.processed_webhook_events (signed_hash, response_status, response_body, processed_at)
     select gen_random_uuid()::text, 200, '', now() - interval '${age}' from generate_series(1, ${count})`,
  );
}
const left = () => storage.count("select count(*) from public.processed_webhook_events");

it("removes a batch of answers older than 24 hours, and no younger ones", async () => {
  await insertAnswers(7, "24 hours 1 minute");
  await insertAnswers(3, "23 hours 59 minutes");
  await insertAnswers(2, "0 hours");
  expect(await purgeAnswers(storage.pool, 5)).toBe(5);
  expect(await left()).toBe(7);
  expect(await purgeAnswers(storage.pool, 5)).toBe(2);
  expect(await purgeAnswers(storage.pool, 5)).toBe(0);
  expect(await left()).toBe(5);
});

it("removes the oldest first", async () => {
  await insertAnswers(2, "25 hours");
  await insertAnswers(2, "30 hours");
  await purgeAnswers(storage.pool, 2);
  expect(
    await storage.count(
      "select count(*) from public.processed_webhook_events where processed_at < now() - interval '26 hours'",
    ),
  ).toBe(0);
});

it("skips locked rows, and does not wait for them", async () => {
  await insertAnswers(3, "25 hours");
  await inTransaction(storage.pool, async (client) => {
    await client.query("select 1 from public.processed_webhook_events limit 1 for update");
    expect(await purgeAnswers(storage.pool, 5)).toBe(2);
  });
  expect(await purgeAnswers(storage.pool, 5)).toBe(1);
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
