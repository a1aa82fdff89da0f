import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createHttpServer } from "./http-server.ts";
import { listen } from "./listen.ts";
import { originForm } from "./request-head.ts";
import { sendAnswer } from "./send-answer.ts";

const served = vi.fn();
const server = createHttpServer({}, async (incoming, outgoing) => {
  served(incoming.url);
  await sendAnswer(incoming, outgoing, { status: 200, headers: {}, body: "served" }, false);
});
let port: number;
beforeAll(async () => {
  port = await listen(server, 0, "127.0.0.1", "port");
});
afterAll(async () => {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
});
beforeEach(() => served.mockClear());

/** Sends a request and another behind it, and returns all that is answered until the connection ends. */
async function exchange(head: string, body = ""): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${head.replaceAll("\n", "\r\n").replaceAll("¶", "\n")}\r\n\r\n${body}`);
  setTimeout(() => socket.write(SECOND), 50);
  return await text(socket.on("error", () => socket.destroy()));
}

const SECOND = "GET /second HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
const CHUNKED = "4\r\nbody\r\n0\r\n\r\n";

describe("a request that a proxy could read in another way is refused, and ends its connection", () => {
  it.each<[string, number, string, string]>([
    ["no version", 505, "POST /first\ncontent-length: 4\nconnection: keep-alive", "body"],
    ["no version, and a bare line feed", 505, "POST /first¶content-length: 4\nconnection: keep-alive", "body"],
    ["HTTP/0.9", 505, "POST /first HTTP/0.9\ncontent-length: 4\nconnection: keep-alive", "body"],
    ["HTTP/2.0", 505, "POST /first HTTP/2.0\nhost: x\ncontent-length: 4\nconnection: keep-alive", "body"],
    ["another coding before chunked", 501, "POST /first HTTP/1.1\nhost: x\ntransfer-encoding: gzip, chunked", CHUNKED],
    ["an empty coding before chunked", 501, "POST /first HTTP/1.1\nhost: x\ntransfer-encoding: ,chunked", CHUNKED],
    [
      "two headers of codings",
      501,
      "POST /first HTTP/1.1\nhost: x\ntransfer-encoding: x\ntransfer-encoding: chunked",
      CHUNKED,
    ],
    [
      "a coding in HTTP/1.0",
      400,
      "POST /first HTTP/1.0\nhost: x\nconnection: keep-alive\ntransfer-encoding: chunked",
      CHUNKED,
    ],
    ["no host", 400, "GET /first HTTP/1.1", ""],
    ["two hosts", 400, "GET /first HTTP/1.1\nhost: x\nHOST: x", ""],
    ["a host with a space", 400, "GET /first HTTP/1.1\nhost: a b", ""],
    ["a host with a path", 400, "GET /first HTTP/1.1\nhost: a/b", ""],
    ["a host with a user", 400, "GET /first HTTP/1.1\nhost: a@b", ""],
    ["a host with an open bracket", 400, "GET /first HTTP/1.1\nhost: [::1", ""],
  ])("%s: %i", async (_what, status, head, body) => {
    const answer = await exchange(head, body);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*\r\nconnection: close\r\n[^]*\r\n\r\n$`, "i"));
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(served).not.toHaveBeenCalled();
  });
});

describe("no request behind the last one of a connection is served", () => {
  it.each([
    ["a refused one", "GET /first HTTP/1.1\nhost: a b", SECOND, 0],
    [
      "a refused one whose body is being parsed",
      "POST /first HTTP/1.1\nhost: x\ntransfer-encoding: x, chunked",
      CHUNKED + SECOND,
      0,
    ],
    ["an upgrade", "GET /first HTTP/1.1\nhost: x\nconnection: upgrade\nupgrade: websocket", "", 1],
    ["an upgrade, at once", "GET /first HTTP/1.1\nhost: x\nconnection: upgrade\nupgrade: websocket", SECOND, 1],
    [
      "an upgrade, half at once",
      "GET /first HTTP/1.1\nhost: x\nconnection: upgrade\nupgrade: websocket",
      "GET /half HTTP/1.1\r\n",
      1,
    ],
  ])("%s", async (_what, head, behind, count) => {
    const answer = await exchange(head, behind);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(answer).toContain("close\r\n");
    expect(served.mock.calls).toEqual([["/first"]].slice(0, count));
  });
});

it.each([
  ["chunked, in capitals", "POST /first HTTP/1.1\nhost: x\ntransfer-encoding: Chunked", CHUNKED],
  ["a host with a port", "GET /first HTTP/1.1\nhost: webhook.reri.co:443", ""],
  ["an address as host", "GET /first HTTP/1.1\nhost: [::1]:18797", ""],
  ["an international host", "GET /first HTTP/1.1\nhost: xn--bcher-kva.example%20", ""],
  ["an empty host", "GET /first HTTP/1.1\nhost:", ""],
])("is served: %s", async (_what, head, body) => {
  expect((await exchange(head, body)).match(/served/g)).toHaveLength(2);
  expect(served.mock.calls).toEqual([["/first"], ["/second"]]);
});

it("serves HTTP/1.0 without a host, and ends its connection", async () => {
  expect((await exchange("GET /first HTTP/1.0")).match(/served/g)).toHaveLength(1);
});

it.each([
  ["/voice/status?x=1", "/voice/status?x=1"],
  ["http://webhook.reri.co/voice/status?x=1", "/voice/status?x=1"],
  ["HTTPS://webhook.reri.co:443/voice", "/voice"],
  ["http://webhook.reri.co", "/"],
  ["http://webhook.reri.co?x=http://a/b", "/?x=http://a/b"],
  ["/voice?x=http://a/b", "/voice?x=http://a/b"],
  ["http:/voice", "http:/voice"],
  ["ftp://webhook.reri.co/voice", "ftp://webhook.reri.co/voice"],
  ["//webhook.reri.co/voice", "//webhook.reri.co/voice"],
  ["*", "*"],
])("the target %s is the path %s", (target, path) => expect(originForm(target)).toBe(path));
