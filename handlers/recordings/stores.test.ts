import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SupabaseStorage, startSupabaseStorage } from "../../loopback/supabase/storage.ts";
import { startEndpoint, type TestEndpoint } from "../testing/endpoint.ts";
import { createFolderStore } from "./folder-store.ts";
import { RecordingRefused, recordingKey } from "./recording-store.ts";
import { createSupabaseStore } from "./supabase-store.ts";

const KEY = recordingKey("CA1", "RE1");
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

/** The signal of a handler that does not stop. */
const RUNNING = new AbortController().signal;

describe("the folder", () => {
  let parent: string;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "twilio-hub-recordings-"));
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));

  it("is made, and holds only the recording's own file, readable only by its user", async () => {
    const folder = join(parent, "new", "folder");
    const location = await createFolderStore(folder).put(KEY, bytes("audio"), "audio/mpeg", RUNNING);
    expect(fileURLToPath(location)).toBe(join(folder, "CA1", "RE1.mp3"));
    expect(await readFile(new URL(location), "utf8")).toBe("audio");
    expect(await readdir(join(folder, "CA1"))).toEqual(["RE1.mp3"]);
    expect((await stat(new URL(location))).mode & 0o777).toBe(0o600);
  });

  it("holds the newer recording after a repeat, even if two run at once", async () => {
    const store = createFolderStore(join(parent, "repeats"));
    await store.put(KEY, bytes("a longer audio"), "audio/mpeg", RUNNING);
    await Promise.all(["second", "second"].map((text) => store.put(KEY, bytes(text), "audio/mpeg", RUNNING)));
    expect(await readdir(join(parent, "repeats", "CA1"))).toEqual(["RE1.mp3"]);
    expect(await readFile(join(parent, "repeats", KEY), "utf8")).toBe("second");
  });

  it("that cannot be written is named, with the variable to set", async () => {
    const file = join(parent, "file");
    await writeFile(file, "");
    const put = createFolderStore(file).put(KEY, bytes("audio"), "audio/mpeg", RUNNING);
    await expect(put).rejects.toThrow(`the folder ${file} (RECORDINGS_FOLDER) did not take a recording: ENOTDIR`);
  });

  it("keeps no partial file if a recording could not be renamed into place", async () => {
    const folder = join(parent, "blocked");
    const store = createFolderStore(folder);
    await store.put("CA1/RE1.mp3/x", bytes("a folder under the recording's name"), "audio/mpeg", RUNNING);
    await expect(store.put(KEY, bytes("audio"), "audio/mpeg", RUNNING)).rejects.toThrow(/did not take a recording/);
    expect(await readdir(join(folder, "CA1"))).toEqual(["RE1.mp3"]);
  });
});

describe("the bucket", () => {
  const serviceRoleKey = "service-key-of-the-tests";
  let storage: SupabaseStorage;
  let silent: TestEndpoint;
  beforeAll(async () => {
    [storage, silent] = await Promise.all([
      startSupabaseStorage({ serviceKey: serviceRoleKey, buckets: ["recordings"] }),
      startEndpoint(),
    ]);
  });
  afterAll(() => Promise.all([storage.close(), silent.close()]));
  const storeOf = (bucket = "recordings", key = serviceRoleKey) =>
    createSupabaseStore({ supabaseUrl: new URL(storage.url).origin, serviceRoleKey: key, bucket });

  it("holds the recording with its type, and the newer one after a repeat", async () => {
    const store = storeOf();
    await store.put(KEY, bytes("first"), "audio/mpeg", RUNNING);
    // A view of a larger memory block, as a Buffer often is.
    const second = new Uint8Array(bytes("..second..").buffer, 2, 6);
    expect(await store.put(KEY, second, "audio/x-wav", RUNNING)).toBe(`supabase://recordings/${KEY}`);
    const stored = storage.state.objects.get(`recordings/${KEY}`);
    expect(stored).toMatchObject({ contentType: "audio/x-wav", uploads: 2 });
    expect(Buffer.from(stored?.bytes ?? []).toString()).toBe("second");
  });

  it.each([
    ["is missing", "missing", serviceRoleKey],
    ["has another key", "recordings", "another-key"],
  ])("that %s is named, without the key", async (_what, bucket, key) => {
    const error = await storeOf(bucket, key)
      .put(KEY, bytes("audio"), "audio/mpeg", RUNNING)
      .catch((reason: unknown) => reason);
    // A person can make the bucket or put the key right within the two hours of attempts.
    expect(error).not.toBeInstanceOf(RecordingRefused);
    expect(String(error)).toContain(`the bucket ${bucket} (RECORDINGS_BUCKET) did not take a recording: HTTP 4`);
    expect(String(error)).not.toContain(key);
  });

  it.each([
    ["its size", { maxBytes: 4 }, false, "The object exceeded the maximum allowed size"],
    ["its size, with the error's own status", { maxBytes: 4 }, true, "The object exceeded the maximum allowed size"],
    ["its type", { contentTypes: ["image/*"] }, false, "mime type audio/mpeg is not supported"],
  ])("that refuses a recording for %s would refuse it again", async (_what, limits, ownStatuses, said) => {
    storage.state.limits.set("small", limits);
    storage.state.buckets.add("small");
    storage.state.ownStatuses = ownStatuses;
    const error = await storeOf("small")
      .put(KEY, bytes("audio"), "audio/mpeg", RUNNING)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RecordingRefused);
    expect(String(error)).toContain(`the bucket small (RECORDINGS_BUCKET) did not take a recording: HTTP 4`);
    expect(String(error)).toContain(said);
    storage.state.ownStatuses = false;
  });

  it.each([
    ["a proxy with a page", { status: 413, body: "<html>413 Request Entity Too Large</html>" }, true],
    ["a full disk", { status: 507, body: "{}" }, false],
    ["an outage", { status: 503, body: "{}" }, false],
    ["a malformed request", { status: 400, body: "{}" }, false],
  ])("behind %s", async (_what, answer, isFinal) => {
    silent.answer = () => answer;
    const store = createSupabaseStore({ supabaseUrl: silent.url, serviceRoleKey, bucket: "recordings" });
    const error = await store.put(KEY, bytes("audio"), "audio/mpeg", RUNNING).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error instanceof RecordingRefused).toBe(isFinal);
  });

  it("that does not answer fails after the time limit", async () => {
    silent.answer = () => "silence";
    const settings = { supabaseUrl: silent.url, serviceRoleKey, bucket: "recordings", timeoutMs: 100 };
    await expect(createSupabaseStore(settings).put(KEY, bytes("audio"), "audio/mpeg", RUNNING)).rejects.toThrow(
      /RECORDINGS_BUCKET/,
    );
  });

  it("is abandoned when the handler stops", async () => {
    silent.answer = () => "silence";
    const stopping = new AbortController();
    const store = createSupabaseStore({ supabaseUrl: silent.url, serviceRoleKey, bucket: "recordings" });
    const put = store.put(KEY, bytes("audio"), "audio/mpeg", stopping.signal);
    setTimeout(() => stopping.abort(), 50);
    await expect(put).rejects.toThrow(/RECORDINGS_BUCKET/);
  });
});
