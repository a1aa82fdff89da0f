import { type IncomingMessage, request } from "node:http";
import { request as requestTls } from "node:https";
import { buffer } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { expect, test } from "vitest";
import { startTwilioProxy, type TwilioProxy } from "../proxy/proxy.ts";
import { addRecording } from "../recordings.ts";
import type { Recording, RecordingMedia } from "../records.ts";
import { silentAudio } from "../silent-audio.ts";
import { ACCOUNT, ACCOUNT_URL, AUTHORIZATION, send as get, callApi as getJson, testApi } from "../testing/account.ts";
import type { TwilioApi } from "./api.ts";

const RECORDINGS = `${ACCOUNT_URL}/Recordings`;
const NOT_FOUND = { status: 404, json: { code: 20404, status: 404 } };

function record(twilio: TwilioApi, media: Partial<RecordingMedia> = {}, callSid = "CA1"): Recording {
  return addRecording(twilio.state, { callSid, seconds: 3, source: "RecordVerb", media });
}

test.each([
  [".mp3", "audio/mpeg", silentAudio("mp3", 3)],
  [".wav", "audio/x-wav", silentAudio("wav", 3)],
  ["", "audio/x-wav", silentAudio("wav", 3)],
])("the audio with the extension %j is silence of the recording's length", async (extension, type, audio) => {
  const twilio = testApi();
  const response = await get(twilio, `${RECORDINGS}/${record(twilio).resource.sid}${extension}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe(type);
  expect(response.headers.get("Content-Length")).toBe(String(audio.length));
  expect(Buffer.from(await response.arrayBuffer()).equals(audio)).toBe(true);
});

test("a recording is read, listed and deleted", async () => {
  const twilio = testApi();
  const recordings = [record(twilio), record(twilio), record(twilio, {}, "CA2")].map(({ resource }) => resource);
  const [first, second, third] = recordings;
  expect(await getJson(twilio, `${RECORDINGS}/${first?.sid}.json`)).toEqual({ status: 200, json: first });
  const page = await getJson(twilio, `${RECORDINGS}.json?PageSize=2`);
  expect(page.json).toMatchObject({ recordings: [third, second], page: 0, next_page_uri: expect.any(String) });
  expect((await getJson(twilio, `${RECORDINGS}.json?PageSize=2&Page=1`)).json).toMatchObject({
    recordings: [first],
    next_page_uri: null,
  });
  expect((await getJson(twilio, `${RECORDINGS}.json?CallSid=CA2`)).json).toMatchObject({ recordings: [third] });
  expect((await get(twilio, `${RECORDINGS}/${first?.sid}.json`, { method: "DELETE" })).status).toBe(204);
  expect(await getJson(twilio, `${RECORDINGS}/${first?.sid}.json`)).toMatchObject(NOT_FOUND);
  expect(await getJson(twilio, `${RECORDINGS}/${first?.sid}.mp3`)).toMatchObject(NOT_FOUND);
  expect([...twilio.state.recordings.keys()]).toEqual([second?.sid, third?.sid]);
});

test("the audio needs the account's credentials", async () => {
  const twilio = testApi();
  const url = `${RECORDINGS}/${record(twilio).resource.sid}.mp3`;
  expect((await get(twilio, url, { authorization: "" })).status).toBe(401);
  expect((await get(twilio, url.replace(ACCOUNT, `AC${"9".repeat(32)}`))).status).toBe(401);
});

test("audio that is not ready is not found for the set number of requests", async () => {
  const twilio = testApi();
  const { resource } = record(twilio, { notReadyFor: 2 });
  for (const extension of [".mp3", ".wav"]) {
    expect(await getJson(twilio, `${RECORDINGS}/${resource.sid}${extension}`)).toMatchObject(NOT_FOUND);
  }
  expect(await getJson(twilio, `${RECORDINGS}/${resource.sid}.json`)).toMatchObject({ status: 200 });
  expect((await get(twilio, `${RECORDINGS}/${resource.sid}.mp3`)).status).toBe(200);
});

test("the audio can be at another host, and have another type, size or body", async () => {
  const twilio = testApi();
  const { resource, media } = record(twilio, { redirectTo: "https://media.example/a.mp3" });
  const url = `${RECORDINGS}/${resource.sid}.mp3`;
  const redirect = await get(twilio, url);
  expect([redirect.status, redirect.headers.get("Location")]).toEqual([307, "https://media.example/a.mp3"]);
  delete media.redirectTo;
  Object.assign(media, { contentType: "text/html", bytes: 1001 });
  const other = await get(twilio, url);
  expect(other.headers.get("Content-Type")).toBe("text/html");
  expect(await other.arrayBuffer()).toHaveProperty("byteLength", 1001);
  media.body = new Uint8Array([1, 2]);
  expect(new Uint8Array(await (await get(twilio, url)).arrayBuffer())).toEqual(new Uint8Array([1, 2]));
});

test.each([false, true])("the proxy delivers every byte of the audio (chunked: %s)", async (chunked) => {
  const twilio = testApi();
  const body = new Uint8Array(300_000).map((_, index) => (index * 31) % 256);
  const { resource } = record(twilio, { body, chunked });
  await withProxy(twilio, async (proxy) => {
    const response = await download(proxy, `${RECORDINGS}/${resource.sid}.mp3`);
    expect(response.statusCode).toBe(200);
    expect(response.headers["content-type"]).toBe("audio/mpeg");
    expect(response.headers["content-length"]).toBe(chunked ? undefined : "300000");
    expect((await buffer(response)).equals(body)).toBe(true);
  });
});

test("a client that stops in the middle of the audio does not affect the next client", async () => {
  const twilio = testApi();
  const { resource } = record(twilio, { bytes: 20_000_000, chunked: true });
  await withProxy(twilio, async (proxy) => {
    const url = `${RECORDINGS}/${resource.sid}.wav`;
    const first = await download(proxy, url);
    await new Promise((resolve) => first.once("data", resolve));
    first.destroy();
    expect(await buffer(await download(proxy, url))).toHaveLength(20_000_000);
  });
});

async function withProxy(twilio: TwilioApi, run: (proxy: TwilioProxy) => Promise<void>): Promise<void> {
  const proxy = await startTwilioProxy(twilio);
  try {
    await run(proxy);
  } finally {
    await proxy.close();
  }
}

/** Requests a URL through the proxy, like an HTTPS client that trusts the proxy's authority. */
function download(proxy: TwilioProxy, url: string): Promise<IncomingMessage> {
  const { hostname: servername, pathname: path } = new URL(url);
  return new Promise((resolve, reject) => {
    const opening = request({ host: "127.0.0.1", port: proxy.port, method: "CONNECT", path: `${servername}:443` });
    opening.on("error", reject);
    opening.on("connect", (_response, socket) => {
      const createConnection = () => connectTls({ socket, servername, ca: proxy.ca });
      const headers = { Host: servername, Authorization: AUTHORIZATION };
      requestTls({ path, headers, createConnection }, resolve).on("error", reject).end();
    });
    opening.end();
  });
}
