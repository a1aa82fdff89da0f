import { stat } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { createDrain } from "../drain/drain.ts";
import { createStore } from "./store.ts";
import { callRecord, newHash, newSid, saying } from "./testing/records.ts";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());

const FALLBACK = saying("fallback");
const fallback = () => FALLBACK;
const inTime = () => performance.now() + 4_000;
const events = (sid: string) => storage.count(`select count(*) from omni_events where sid = '${sid}'`);
function fail(message: string): never {
  throw new Error(message);
}
const drainAll = async () => {
  while (await storage.drain()) {}
};

describe("the store", () => {
  it("answers two hundred identical concurrent webhooks with one answer, and keeps one event and one row", async () => {
    const record = callRecord(newSid("CA"), "ringing", { answer: saying("hello") });
    // A second process of the same machine has a store of its own.
    const stores = [storage.store, createStore(storage)];
    const kept = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (stores[index % 2] ?? storage.store).keep(
          { ...record, answer: saying(index < 2 ? "hello" : "other") },
          fallback,
          inTime(),
        ),
      ),
    );
    expect(new Set(kept.map(({ answer }) => answer.body)).size).toBe(1);
    expect(kept.filter(({ how }) => how === "stored")).toHaveLength(1);
    expect(await events(record.event.sid)).toBe(1);
    expect(
      await storage.count(`select count(*) from processed_webhook_events where signed_hash = '${record.signedHash}'`),
    ).toBe(1);
    expect(await storage.count(`select count(*) from twilio_calls where call_sid = '${record.event.sid}'`)).toBe(1);
  });

  it("keeps one event and one call of a call that failed over, and answers each host in its own way", async () => {
    const first = callRecord(newSid("CA"), "ringing", { answer: saying("canonical") });
    const second = {
      ...first,
      signedHash: newHash(),
      answer: saying("funnel"),
      event: { ...first.event, host: "funnel" as const },
    };
    expect(await storage.store.keep(first, fallback, inTime())).toEqual({ answer: first.answer, how: "stored" });
    expect(await storage.store.keep(second, fallback, inTime())).toEqual({ answer: second.answer, how: "stored" });
    expect(await events(first.event.sid)).toBe(1);
    expect(await storage.store.keep(first, fallback, inTime())).toEqual({ answer: first.answer, how: "repeat" });
    expect(await storage.store.keep(second, fallback, inTime())).toEqual({ answer: second.answer, how: "repeat" });
  });

  it("keeps any text that a stranger wrote", async () => {
    const sid = newSid("CA");
    const parameters = { Body: "a\0b \ud800 \u{1f600} '\"\\", List: ["1", "\0"] };
    const record = callRecord(sid);
    await storage.store.keep({ ...record, event: { ...record.event, parameters } }, fallback, inTime());
    const { rows } = await storage.pool.query("select parameters from omni_events where sid = $1", [sid]);
    expect(rows).toEqual([{ parameters: { Body: "a\ufffdb \ufffd \u{1f600} '\"\\", List: ["1", "\ufffd"] } }]);
  });

  it("keeps the other webhooks of a statement if one is refused, and sets that one aside", async () => {
    const good = Array.from({ length: 5 }, () => callRecord());
    const bad = callRecord("CAnot-a-sid");
    const kept = await Promise.all([bad, ...good].map((record) => storage.store.keep(record, fallback, inTime())));
    expect(kept.map(({ how }) => how)).toEqual(["spooled", "stored", "stored", "stored", "stored", "stored"]);
    expect(storage.store.isDatabaseUp()).toBe(true);
    await drainAll();
    expect(storage.spool.depth()).toBe(0);
    expect(storage.spool.refused(10).map(({ record }) => record.event.sid)).toEqual(["CAnot-a-sid"]);
  });

  it("does not wait for a statement that takes too long, and still answers in time", async () => {
    const blocker = await storage.pool.connect();
    await blocker.query("begin; lock table processed_webhook_events in access exclusive mode");
    const record = callRecord(newSid("CA"), "ringing", { answer: saying("hello") });
    try {
      // The webhook has less time left than the lock's own time-out.
      const kept = await storage.store.keep(record, fallback, performance.now() + 1_350);
      expect(kept).toEqual({ answer: FALLBACK, how: "spooled" });
      const next = await storage.store.keep(callRecord(), fallback, inTime());
      expect([next.how, storage.store.isDatabaseUp()]).toEqual(["spooled", true]);
    } finally {
      await blocker.query("rollback");
      blocker.release();
    }
    await drainAll();
    expect(storage.store.isDatabaseUp()).toBe(true);
    expect(await events(record.event.sid)).toBe(1);
    // A repeat gets the answer that was given, whether or not the statement was executed in the end.
    expect(await storage.store.keep(record, fallback, inTime())).toEqual({ answer: FALLBACK, how: "repeat" });
  });

  it("does not fail the others if one row is locked, and keeps that one too", async () => {
    const sid = newSid("CA");
    await storage.store.keep(callRecord(sid, "queued"), fallback, inTime());
    const blocker = await storage.pool.connect();
    await blocker.query("begin");
    await blocker.query("select from twilio_calls where call_sid = $1 for update", [sid]);
    try {
      const records = [callRecord(sid, "ringing"), ...Array.from({ length: 5 }, () => callRecord())];
      const kept = await Promise.all(records.map((record) => storage.store.keep(record, fallback, inTime())));
      expect(kept.map(({ how }) => how)).toEqual(["spooled", "stored", "stored", "stored", "stored", "stored"]);
      expect(storage.store.isDatabaseUp()).toBe(true);
      expect(await storage.drain()).toBe(false);
      expect([storage.spool.depth(), storage.store.isDatabaseUp()]).toEqual([1, true]);
    } finally {
      await blocker.query("rollback");
      blocker.release();
    }
    await drainAll();
    expect(await events(sid)).toBe(2);
  });

  it("keeps a webhook that arrived with no time left, and does not fail the others", async () => {
    const records = Array.from({ length: 5 }, () => callRecord());
    const late = storage.store.keep(callRecord(), fallback, performance.now());
    const kept = await Promise.all(records.map((record) => storage.store.keep(record, fallback, inTime())));
    expect(await late).toEqual({ answer: FALLBACK, how: "spooled" });
    expect(kept.map(({ how }) => how)).toEqual(Array(5).fill("stored"));
    expect(storage.store.isDatabaseUp()).toBe(true);
    await drainAll();
  });

  it("notices that the database is back, and uses it, even if the spool cannot be read", async () => {
    const broken = {
      ...storage.spool,
      answerTo: () => fail("the spool is broken"),
      heads: () => fail("the spool is broken"),
    };
    const store = createStore({ pool: storage.pool, spool: broken });
    store.noteDatabase(new Error("away"));
    await expect(createDrain({ pool: storage.pool, spool: broken, store }).round()).rejects.toThrow(
      "the spool is broken",
    );
    expect(store.isDatabaseUp()).toBe(true);
    expect((await store.keep(callRecord(), fallback, inTime())).how).toBe("stored");
  });

  it("gives a repeat the first answer even if the database went away in between", async () => {
    const record = callRecord(newSid("CA"), "ringing", { answer: saying("hello") });
    await storage.store.keep(record, fallback, inTime());
    storage.store.noteDatabase(new Error("away"));
    expect(await storage.store.keep(record, fallback, inTime())).toEqual({ answer: record.answer, how: "repeat" });
    storage.store.noteDatabase(undefined);
  });

  it("changes no row for a known event, even if its other parameters differ", async () => {
    const record = callRecord(newSid("CA"), "completed");
    const { call } = record;
    if (call === undefined) throw new Error("no call");
    await storage.store.keep({ ...record, call: { ...call, transcription: "genuine" } }, fallback, inTime());
    const replayed = { ...record, signedHash: newHash(), call: { ...call, transcription: "moved" } };
    await storage.store.keep(replayed, fallback, inTime());
    const sql = "select transcription from twilio_calls where call_sid = $1";
    expect((await storage.pool.query(sql, [record.event.sid])).rows).toEqual([{ transcription: "genuine" }]);
  });

  it("lets no other user read the spool", async () => {
    for (const suffix of ["", "-wal", "-shm"]) {
      expect([suffix, (await stat(`${storage.spoolFile}${suffix}`)).mode & 0o077]).toEqual([suffix, 0]);
    }
  });

  it("fails if neither the database nor a spool takes the webhook", async () => {
    const alone = createStore({ pool: storage.pool, spool: undefined });
    await storage.postgres.stop();
    await expect(alone.keep(callRecord(), fallback, inTime())).rejects.toThrow();
    await storage.postgres.start();
    expect((await alone.keep(callRecord(), fallback, inTime())).how).toBe("stored");
  });

  it("spools while the database is away, replays from the spool, and drains in order when it is back", async () => {
    await storage.postgres.stop();
    const sid = newSid("CA");
    const records = ["queued", "ringing", "in-progress", "completed"].map((status) => callRecord(sid, status));
    for (const record of records)
      expect(await storage.store.keep(record, fallback, inTime())).toMatchObject({ how: "spooled" });
    const [first] = records;
    if (first === undefined) throw new Error("no record");
    expect(await storage.store.keep(first, () => saying("another"), inTime())).toEqual({
      answer: FALLBACK,
      how: "repeat",
    });
    await expect(storage.drain()).rejects.toThrow();
    expect(storage.spool.depth()).toBe(4);
    await storage.postgres.start();
    await drainAll();
    expect(storage.spool.depth()).toBe(0);
    const { rows } = await storage.pool.query("select step from omni_events where sid = $1 order by sequence", [sid]);
    expect(rows.map(({ step }) => step)).toEqual(["queued", "ringing", "in-progress", "completed"]);
    expect(await storage.store.keep(first, fallback, inTime())).toEqual({ answer: FALLBACK, how: "repeat" });
  });
});
