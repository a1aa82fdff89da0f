import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { newSid } from "../storage/testing/records.ts";
import {
  type ClaimedRecording,
  claimRecordings,
  settleFailed,
  settleReleased,
  settleRetried,
  settleStored,
} from "./recording-queue.ts";
import {
  changeRecording,
  clearRecordings,
  insertCall,
  insertRecording,
  readRecordingRow,
  recordingOfCall,
} from "./test-recordings.ts";

const IS_OVER = "fetch_after = now() - interval '1 second'";
const STORED = { contentType: "audio/mpeg", bytes: 5 };

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());
beforeEach(() => clearRecordings(storage.pool));

const claim = (limit = 10) => claimRecordings(storage.pool, limit, 60_000);
const insert = (changes?: string, callSid?: string) => insertRecording(storage.pool, changes, callSid);
const read = (sid: string) => readRecordingRow(storage.pool, sid);
const storedAt = (location: string) => ({ ...STORED, location });

async function claimOne(): Promise<ClaimedRecording> {
  const [recording] = await claim();
  if (recording === undefined) throw new Error("no recording was claimed");
  return recording;
}

describe("claimRecordings", () => {
  it.each(["state = 'stored'", "state = 'failed'", "fetch_after = now() + interval '1 minute'"])(
    "leaves a recording with %s",
    async (changes) => {
      await insert(changes);
      expect(await claim()).toEqual([]);
    },
  );

  it("counts the attempt, and keeps others away until the lease ends", async () => {
    const sid = await insert();
    expect(await claim()).toMatchObject([{ recordingSid: sid, attempt: 1 }]);
    expect(await read(sid)).toMatchObject({ attempts: 1, isDue: false });
    expect(await claim()).toEqual([]);
    await changeRecording(storage.pool, sid, IS_OVER);
    expect(await claim()).toMatchObject([{ recordingSid: sid, attempt: 2 }]);
  });

  it("gives each recording to one claimer only, however many claim at once", async () => {
    const sids = await Promise.all(Array.from({ length: 30 }, () => insert()));
    const claims = await Promise.all(Array.from({ length: 12 }, () => claim(3)));
    const claimed = [...claims.flat(), ...(await claim(30))].map(({ recordingSid }) => recordingSid);
    expect(claimed.sort()).toEqual(sids.sort());
  });
});

describe("the outcome of an attempt", () => {
  it("is written for the latest attempt", async () => {
    const sid = await insert();
    await settleRetried(storage.pool, await claimOne(), "HTTP 404 from Twilio", 10_000_000);
    const { dueInMs, ...row } = await read(sid);
    expect(row).toMatchObject({ state: "waiting", attempts: 1, error: "HTTP 404 from Twilio" });
    expect(dueInMs).toBeGreaterThan(9_000_000);
    await changeRecording(storage.pool, sid, IS_OVER);
    await settleReleased(storage.pool, await claimOne());
    expect(await read(sid)).toMatchObject({ state: "waiting", attempts: 1, isDue: true });
    await settleFailed(storage.pool, await claimOne(), "no audio");
    expect(await read(sid)).toMatchObject({ state: "failed", attempts: 2, error: "no audio" });
  });

  it("is not written for an earlier attempt, unless it stored the recording", async () => {
    const sid = await insert();
    const slow = await claimOne();
    await changeRecording(storage.pool, sid, IS_OVER);
    await claimOne();
    await settleRetried(storage.pool, slow, "x", 0);
    await settleReleased(storage.pool, slow);
    await settleFailed(storage.pool, slow, "x");
    expect(await read(sid)).toMatchObject({ state: "waiting", attempts: 2, error: null, isDue: false });
    await settleStored(storage.pool, slow, storedAt("file:///slow"));
    expect(await read(sid)).toMatchObject({ state: "stored", location: "file:///slow" });
  });
});

describe("a stored recording", () => {
  it("is written with its call", async () => {
    const callSid = await insertCall(storage.pool);
    const sid = await insert("error = 'earlier'", callSid);
    await settleStored(storage.pool, await claimOne(), storedAt("file:///a"));
    expect(await read(sid)).toMatchObject({
      state: "stored",
      error: null,
      location: "file:///a",
      type: "audio/mpeg",
      bytes: 5,
    });
    expect(await recordingOfCall(storage.pool, callSid)).toEqual({ sid, location: "file:///a", status: "completed" });
  });

  it("does not make a row for an unknown call", async () => {
    const callSid = newSid("CA");
    const sid = await insert("", callSid);
    await settleStored(storage.pool, await claimOne(), storedAt("file:///a"));
    expect(await read(sid)).toMatchObject({ state: "stored" });
    expect(await recordingOfCall(storage.pool, callSid)).toBeUndefined();
  });

  it("does not change if it is stored again", async () => {
    const callSid = await insertCall(storage.pool);
    const sid = await insert("", callSid);
    const claimed = await claimOne();
    await settleStored(storage.pool, claimed, storedAt("file:///first"));
    await settleStored(storage.pool, claimed, storedAt("file:///second"));
    expect(await read(sid)).toMatchObject({ location: "file:///first" });
    expect(await recordingOfCall(storage.pool, callSid)).toMatchObject({ location: "file:///first" });
  });

  it.each(["older", "newer"])("is written in its call if it is the newest: the %s one stored last", async (last) => {
    const callSid = await insertCall(storage.pool);
    const older = await insert("created_at = now() - interval '1 minute'", callSid);
    const newer = await insert("", callSid);
    const order = last === "older" ? [newer, older] : [older, newer];
    for (const recordingSid of order) {
      await settleStored(storage.pool, { recordingSid, callSid }, storedAt(`file:///${recordingSid}`));
    }
    expect(await recordingOfCall(storage.pool, callSid)).toMatchObject({ sid: newer, location: `file:///${newer}` });
  });

  it("is written in its call if it is the newest of many that are stored at once", async () => {
    for (let round = 0; round < 5; round++) {
      const callSid = await insertCall(storage.pool);
      const ages = [0, 1, 2, 3];
      const sids = await Promise.all(
        ages.map((age) => insert(`created_at = now() - interval '${age} minutes'`, callSid)),
      );
      const store = (recordingSid: string) =>
        settleStored(storage.pool, { recordingSid, callSid }, storedAt(`file:///${recordingSid}`));
      await Promise.all(sids.map(store));
      expect(await recordingOfCall(storage.pool, callSid)).toMatchObject({ sid: sids[0] });
    }
  });
});
