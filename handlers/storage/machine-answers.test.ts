import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import type { Store } from "./store.ts";
import { callRecord, newSid, saying } from "./testing/records.ts";

let storage: HubStorage;
let first: Store;
let second: Store;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());
beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  [first, second] = [storage.newStore(), storage.newStore()];
});
afterEach(() => vi.restoreAllMocks());

const FALLBACK = saying("fallback");
const fallback = () => FALLBACK;
const inTime = () => performance.now() + 4_000;
const call = () => callRecord(newSid("CA"), "ringing", { answer: saying("hello") });
const away = new Error("away");
const drainAll = async () => {
  while (await storage.drain()) {}
};

it("a repeat at the other process gets the stored answer, although the database is away now", async () => {
  const record = call();
  expect((await first.keep(record, fallback, inTime())).answer).toEqual(record.answer);
  await storage.postgres.stop();
  const repeat = { answer: record.answer, how: "repeat" };
  expect(await second.keep(record, fallback, inTime())).toEqual(repeat);
  second.noteDatabase(away);
  expect(await second.keep(record, fallback, inTime())).toEqual(repeat);
  // A process that started after the outage began knows it too.
  const third = storage.newStore();
  third.noteDatabase(away);
  expect(await third.keep(record, fallback, inTime())).toEqual(repeat);
  await storage.postgres.start();
});

it("a repeat at the other process gets the fallback that was given, although the database is back", async () => {
  const record = call();
  first.noteDatabase(away);
  expect(await first.keep(record, fallback, inTime())).toEqual({ answer: FALLBACK, how: "spooled" });
  const repeat = { answer: FALLBACK, how: "repeat" };
  expect(await second.keep(record, fallback, inTime())).toEqual(repeat);
  await drainAll();
  expect(await storage.newStore().keep(record, fallback, inTime())).toEqual(repeat);
});

it("a repeat gets the fallback, even if the statement that was given up is carried out in the end", async () => {
  const record = call();
  const blocker = await storage.pool.connect();
  await blocker.query("begin; lock table processed_webhook_events in access exclusive mode");
  expect(await first.keep(record, fallback, performance.now() + 1_350)).toEqual({ answer: FALLBACK, how: "spooled" });
  await blocker.query("rollback");
  blocker.release();
  await vi.waitFor(async () =>
    expect(
      await storage.count(`select count(*) from processed_webhook_events where signed_hash = '${record.signedHash}'`),
    ).toBe(1),
  );
  expect((await second.keep(record, fallback, inTime())).answer).toEqual(FALLBACK);
  await drainAll();
  expect((await storage.newStore().keep(record, fallback, inTime())).answer).toEqual(FALLBACK);
});

it.each([1, 2, 3, 4, 5])(
  "both processes give one answer to a webhook that comes to both as the database goes (%i)",
  async () => {
    const records = Array.from({ length: 20 }, call);
    second.noteDatabase(away);
    const kept = await Promise.all(
      records.map((record) =>
        Promise.all([first.keep(record, fallback, inTime()), second.keep(record, fallback, inTime())]),
      ),
    );
    for (const [one, other] of kept) expect(one.answer).toEqual(other.answer);
    await drainAll();
    const again = await Promise.all(records.map((record) => storage.newStore().keep(record, fallback, inTime())));
    expect(again.map(({ answer }) => answer)).toEqual(kept.map(([one]) => one.answer));
  },
);
