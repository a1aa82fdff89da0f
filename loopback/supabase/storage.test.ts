import { Readable } from "node:stream";
import { StorageClient } from "@supabase/storage-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SupabaseStorage, startSupabaseStorage } from "./storage.ts";

const KEY = "sb_secret_made_up";
const AUDIO = Uint8Array.from({ length: 256 }, (_, index) => index);

let storage: SupabaseStorage;

beforeEach(async () => {
  storage = await startSupabaseStorage({ serviceKey: KEY, buckets: ["recordings"] });
});

afterEach(() => storage.close());

const HEADERS = { apikey: KEY, Authorization: `Bearer ${KEY}` };
const bucket = (name = "recordings", headers: Record<string, string> = HEADERS) =>
  new StorageClient(storage.url, headers).from(name);

test("an object is uploaded and downloaded byte for byte, with its type", async () => {
  const uploaded = await bucket().upload("2026/call 1.mp3", AUDIO, { contentType: "audio/mpeg" });
  expect(uploaded).toMatchObject({
    error: null,
    data: { path: "2026/call 1.mp3", fullPath: "recordings/2026/call 1.mp3", id: expect.any(String) },
  });
  expect(storage.state.objects.get("recordings/2026/call 1.mp3")).toMatchObject({
    bucket: "recordings",
    path: "2026/call 1.mp3",
    bytes: AUDIO,
    contentType: "audio/mpeg",
    uploads: 1,
  });
  const { data } = await bucket().download("2026/call 1.mp3");
  expect(data?.type).toBe("audio/mpeg");
  expect(new Uint8Array((await data?.arrayBuffer()) ?? [])).toEqual(AUDIO);
});

test.each([
  ["a Blob", () => new Blob([AUDIO], { type: "audio/mpeg" })],
  ["a web stream", () => new Blob([AUDIO]).stream()],
  ["a Node stream", () => Readable.from([Buffer.from(AUDIO)])],
])("%s arrives whole", async (_what, body) => {
  const { error } = await bucket().upload("a.mp3", body(), { contentType: "audio/mpeg" });
  expect(error).toBeNull();
  expect(storage.state.objects.get("recordings/a.mp3")).toMatchObject({ bytes: AUDIO, contentType: "audio/mpeg" });
});

test.each([
  ["an object over the size limit", { maxBytes: 255 }, "413", "The object exceeded the maximum allowed size"],
  ["another type", { contentTypes: ["video/*", "audio/wav"] }, "415", "mime type audio/mpeg is not supported"],
])("a bucket refuses %s, and takes others", async (_what, limits, statusCode, message) => {
  storage.state.limits.set("recordings", limits);
  const { error } = await bucket().upload("a.mp3", AUDIO, { contentType: "audio/mpeg" });
  expect(error).toMatchObject({ status: 400, statusCode, message });
  const taken = await bucket().upload("a.wav", AUDIO.slice(1), { contentType: "audio/wav" });
  expect(taken.error).toBeNull();
});

test("an existing object is replaced only if the client asks for it", async () => {
  const first = await bucket().upload("a.mp3", AUDIO);
  const { error } = await bucket().upload("a.mp3", new Uint8Array([1]));
  expect(error).toMatchObject({ name: "StorageApiError", status: 400, statusCode: "409" });
  expect(error?.message).toBe("The resource already exists");
  expect(storage.state.objects.get("recordings/a.mp3")).toMatchObject({ bytes: AUDIO, uploads: 1 });
  const second = await bucket().upload("a.mp3", new Uint8Array([1]), { upsert: true });
  expect(second.data?.id).toBe(first.data?.id);
  await bucket().update("a.mp3", new Uint8Array([2]));
  expect(storage.state.objects.get("recordings/a.mp3")).toMatchObject({ bytes: new Uint8Array([2]), uploads: 3 });
});

test("an unknown bucket and an unknown object are not found", async () => {
  const notFound = { status: 400, statusCode: "404" };
  expect((await bucket("other").upload("a.mp3", AUDIO)).error).toMatchObject({
    ...notFound,
    code: "NoSuchBucket",
    message: "Bucket not found",
  });
  expect((await bucket("other").download("a.mp3")).error).toMatchObject({ ...notFound, code: "NoSuchBucket" });
  expect((await bucket().download("a.mp3")).error).toMatchObject({ ...notFound, code: "NoSuchKey" });
  expect(storage.state.objects.size).toBe(0);
});

test("an error's HTTP status can be set to be its own", async () => {
  storage.state.ownStatuses = true;
  await bucket().upload("a.mp3", AUDIO);
  expect((await bucket().upload("a.mp3", AUDIO)).error).toMatchObject({ status: 409, statusCode: "409" });
  expect((await bucket("other").upload("a.mp3", AUDIO)).error).toMatchObject({ status: 404, statusCode: "404" });
});

test("a folder lists its objects and folders, page by page", async () => {
  for (const path of ["2026/b.mp3", "2026/a.mp3", "2026/11/c.mp3", "2025/d.mp3", "e.mp3"]) {
    await bucket().upload(path, AUDIO, { contentType: "audio/mpeg" });
  }
  const names = async (...list: Parameters<ReturnType<typeof bucket>["list"]>) =>
    (await bucket().list(...list)).data?.map(({ name }) => name);
  expect(await names()).toEqual(["2025", "2026", "e.mp3"]);
  expect(await names("2026")).toEqual(["11", "a.mp3", "b.mp3"]);
  expect(await names("2026", { limit: 1, offset: 1 })).toEqual(["a.mp3"]);
  expect(await names("2026", { search: "B.", sortBy: { column: "name", order: "desc" } })).toEqual(["b.mp3"]);
  const [folder, object] = (await bucket().list("2026", { limit: 2 })).data ?? [];
  expect(folder).toMatchObject({ name: "11", id: null, metadata: null });
  expect(object).toMatchObject({ id: expect.any(String), metadata: { size: 256, mimetype: "audio/mpeg" } });
  expect(await bucket("other").list()).toEqual({ data: [], error: null });
});

test.each([
  ["no key", {}, { status: 401, message: "No API key found in request" }],
  ["a wrong key", { ...HEADERS, apikey: "wrong" }, { status: 401, message: "Invalid API key" }],
  ["no token", { apikey: KEY }, { status: 400, message: expect.stringContaining("authorization") }],
  ["a wrong token", { ...HEADERS, Authorization: "Bearer wrong" }, { status: 400, statusCode: "403" }],
])("%s is refused", async (_what, headers: Record<string, string>, error) => {
  expect((await bucket("recordings", headers).upload("a.mp3", AUDIO)).error).toMatchObject(error);
  expect(storage.state.objects.size).toBe(0);
});

test("a request can fail before or after the object is stored", async () => {
  storage.faults.fail({ status: 503 });
  expect((await bucket().upload("a.mp3", AUDIO)).error).toMatchObject({ status: 503, statusCode: "503" });
  expect(storage.state.objects.size).toBe(0);
  storage.faults.fail({ status: 500, processed: true });
  expect((await bucket().upload("a.mp3", AUDIO)).error).toMatchObject({ status: 500 });
  expect((await bucket().upload("a.mp3", AUDIO)).error).toMatchObject({ statusCode: "409" });
});
