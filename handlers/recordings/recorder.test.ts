import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { startSupabaseStorage } from "../../loopback/supabase/storage.ts";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { setLogLevel } from "../log/log.ts";
import { startEndpoint, type TestEndpoint } from "../testing/endpoint.ts";
import { eventually } from "../testing/eventually.ts";
import type { Worker } from "../worker/worker.ts";
import { createFolderStore } from "./folder-store.ts";
import { RETRY_PAUSES_MS, type RecorderSettings, startRecorder } from "./recorder.ts";
import { claimRecordings } from "./recording-queue.ts";
import type { RecordingStore } from "./recording-store.ts";
import { createSupabaseStore } from "./supabase-store.ts";
import {
  changeRecording,
  clearRecordings,
  insertCall,
  insertRecording,
  readRecordingRow,
  recordingOfCall,
} from "./test-recordings.ts";
import { ACCOUNT, fetchFrom } from "./test-twilio-media.ts";

const AUDIO = { status: 200, headers: { "content-type": "audio/mpeg" }, body: "audio" };

let storage: HubStorage;
let twilio: TestEndpoint;
let folder: string;
const running: Worker[] = [];
beforeAll(async () => {
  setLogLevel("error");
  [storage, twilio] = await Promise.all([startHubStorage(), startEndpoint()]);
});
afterAll(() => Promise.all([storage.close(), twilio.close()]));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "twilio-hub-recordings-"));
  twilio.received.length = 0;
  twilio.answer = () => AUDIO;
  await clearRecordings(storage.pool);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
  await rm(folder, { recursive: true, force: true });
});

function start(changes: Partial<RecorderSettings> = {}): Worker {
  const worker = startRecorder({
    pool: storage.pool,
    media: { ...ACCOUNT, fetch: fetchFrom(twilio.url) },
    store: createFolderStore(folder),
    everyMs: 20,
    pausesMs: [1, 1, 1],
    ...changes,
  });
  running.push(worker);
  return worker;
}
const insert = (changes?: string, callSid?: string) => insertRecording(storage.pool, changes, callSid);
const reaches = (sid: string, expected: object) =>
  eventually(async () => expect(await readRecordingRow(storage.pool, sid)).toMatchObject(expected));

it("stores a recording once, and names it in its call", async () => {
  const callSid = await insertCall(storage.pool);
  const sid = await insert("", callSid);
  start();
  await reaches(sid, { state: "stored", attempts: 1, type: "audio/mpeg", bytes: 5 });
  const { location } = await readRecordingRow(storage.pool, sid);
  expect(await readFile(join(folder, callSid, `${sid}.mp3`), "utf8")).toBe("audio");
  expect(await recordingOfCall(storage.pool, callSid)).toMatchObject({ sid, location });
});

it("stores each recording once if two processes share the table", async () => {
  const sids = await Promise.all(Array.from({ length: 12 }, () => insert()));
  start();
  start();
  for (const sid of sids) await reaches(sid, { state: "stored", attempts: 1 });
  expect(twilio.received).toHaveLength(sids.length);
});

it("tries again until the recording is ready", async () => {
  const answers = [{ status: 404 }, "cut", { status: 503 }] as const;
  twilio.answer = () => answers[twilio.received.length - 1] ?? AUDIO;
  const sid = await insert();
  start();
  await reaches(sid, { state: "stored", attempts: 4, error: null });
});

it("gives up after the last pause, with the reason", async () => {
  twilio.answer = () => ({ status: 404 });
  const sid = await insert();
  start();
  await reaches(sid, { state: "failed", attempts: 4, error: "given up after 4 attempts: HTTP 404 from Twilio" });
  expect(twilio.received).toHaveLength(4);
});

it("makes twelve attempts by default, the first retries soon", () => {
  expect(RETRY_PAUSES_MS).toHaveLength(11);
  expect(RETRY_PAUSES_MS.slice(0, 3)).toEqual([2_000, 5_000, 15_000]);
  expect(RETRY_PAUSES_MS).toEqual([...RETRY_PAUSES_MS].sort((a, b) => a - b));
});

it("gives up at once on media that is not MP3 audio", async () => {
  twilio.answer = () => ({ status: 200, headers: { "content-type": "text/html" }, body: "x" });
  const sid = await insert();
  start();
  await reaches(sid, { state: "failed", attempts: 1, error: "the recording's media is not MP3 audio" });
});

it("waits as long as Twilio asks", async () => {
  twilio.answer = () => ({ status: 429, headers: { "retry-after": "600" } });
  const sid = await insert();
  start();
  await reaches(sid, { state: "waiting", attempts: 1, error: "HTTP 429 from Twilio" });
  expect((await readRecordingRow(storage.pool, sid)).dueInMs).toBeGreaterThan(500_000);
});

it("tries again when the store failed", async () => {
  const folderStore = createFolderStore(folder);
  const errors = [new Error("the store\nis away")];
  const store: RecordingStore = {
    put: async (...given) => {
      const error = errors.pop();
      if (error !== undefined) throw error;
      return folderStore.put(...given);
    },
  };
  const sid = await insert();
  start({ store, pausesMs: [3_600_000] });
  await reaches(sid, { state: "waiting", attempts: 1, error: "the store is away" });
  await changeRecording(storage.pool, sid, "fetch_after = now()");
  await reaches(sid, { state: "stored", attempts: 2 });
});

it("gives up at once if the bucket would refuse the recording again", async () => {
  const storage = await startSupabaseStorage({ serviceKey: "key", buckets: ["recordings"] });
  storage.state.limits.set("recordings", { maxBytes: 4 });
  const { projectUrl: supabaseUrl } = storage;
  const sid = await insert();
  start({ store: createSupabaseStore({ supabaseUrl, serviceRoleKey: "key", bucket: "recordings" }) });
  await reaches(sid, { state: "failed", attempts: 1, error: expect.stringContaining("maximum allowed size") });
  expect(twilio.received).toHaveLength(1);
  await storage.close();
});

it("takes over from a process that was killed, when the lease ends", async () => {
  const sid = await insert();
  await claimRecordings(storage.pool, 1, 3_600_000);
  start();
  const other = await insert();
  await reaches(other, { state: "stored" });
  expect(twilio.received).toHaveLength(1);
  await changeRecording(storage.pool, sid, "fetch_after = now()");
  await reaches(sid, { state: "stored", attempts: 2 });
});

it("gives up a recording if every attempt was cut off", async () => {
  const sid = await insert("attempts = 4");
  start();
  await reaches(sid, { state: "failed", attempts: 5, error: "the last attempt was cut off" });
  expect(twilio.received).toHaveLength(0);
});

it("releases the recording under way when it stops, without counting the attempt", async () => {
  twilio.answer = () => "silence";
  const sid = await insert();
  const worker = start();
  await eventually(() => expect(twilio.received).toHaveLength(1));
  await worker.stop();
  await reaches(sid, { state: "waiting", attempts: 0, isDue: true });
});
