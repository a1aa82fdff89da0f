import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { SLICE_BYTES, shareFairly } from "./fair-connection.ts";
import { listen } from "./listen.ts";

let server: Server;
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

async function serve(answer: RequestListener): Promise<number> {
  server = createServer({ keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 }, answer);
  shareFairly(server);
  return listen(server, 0, "127.0.0.1", "port");
}

async function connectTo(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

function connectionsOf(listening: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  listening.getConnections((_error, count) => resolve(count));
  return promise;
}

const echo: RequestListener = async (incoming, outgoing) => outgoing.end(await text(incoming));
const post = (headers: string, body = "") => `POST / HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n${body}`;
const bodyOf = (answer: string) => answer.slice(answer.indexOf("\r\n\r\n") + 4);

describe("a connection that takes turns", () => {
  it("brings a body of any length whole, in any pieces", async () => {
    const port = await serve((incoming, outgoing) => {
      outgoing.setHeader("connection", "close");
      void echo(incoming, outgoing);
    });
    const pieceLength = fc.integer({ min: 500, max: 64 * 1024 });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 64 * 1024 }), pieceLength, async (length, piece) => {
        const body = Array.from({ length }, (_, index) => String.fromCharCode(97 + (index % 26))).join("");
        const request = post(`content-length: ${length}`, body);
        const socket = await connectTo(port);
        for (let at = 0; at < request.length; at += piece) socket.write(request.slice(at, at + piece));
        expect(bodyOf(await text(socket))).toBe(body);
      }),
      { numRuns: 30 },
    );
  });

  it("brings several requests, each in its order", async () => {
    const port = await serve(echo);
    const socket = await connectTo(port);
    const long = "x".repeat(3 * SLICE_BYTES);
    socket.write([long, "second", long].map((body) => post(`content-length: ${body.length}`, body)).join(""));
    const answers = await text(socket);
    expect(answers.split("HTTP/1.1 200 OK").length - 1).toBe(3);
    expect(answers.indexOf("second")).toBeGreaterThan(answers.indexOf(long));
    expect(answers.lastIndexOf(long)).toBeGreaterThan(answers.indexOf("second"));
  });

  it.each([
    ["chunks of one byte", "1\r\nx\r\n".repeat(10_000)],
    ["one long piece", `${(50_000).toString(16)}\r\n${"x".repeat(50_000)}\r\n`],
  ])("lets a short request pass a long one: %s", async (_what, chunks) => {
    const events: string[] = [];
    const both = Promise.withResolvers<void>();
    const port = await serve(async (incoming, outgoing) => {
      const name = String(incoming.headers["x-name"]);
      events.push(`${name} begins`);
      await text(incoming);
      events.push(`${name} is here`);
      if (events.length === 4) both.resolve();
      outgoing.end();
    });
    const [long, short] = [await connectTo(port), await connectTo(port)];
    // Both are on their sockets before the server reads either.
    long.write(`${post("x-name: long\r\ntransfer-encoding: chunked", chunks)}0\r\n\r\n`);
    short.write(post("x-name: short\r\ncontent-length: 5", "short"));
    await both.promise;
    expect(events.indexOf("short is here")).toBeLessThan(events.indexOf("long is here"));
  });

  it("ends when it was idle for long enough", async () => {
    const port = await serve(echo);
    const socket = await connectTo(port);
    socket.write(post("content-length: 1", "x"));
    expect(await text(socket)).toContain("keep-alive");
  });

  it("ends after its last answer, even if the client leaves its side open", async () => {
    const port = await serve((_incoming, outgoing) => outgoing.writeHead(200, { connection: "close" }).end("last"));
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.write(post("content-length: 1", "x"));
    expect(await text(socket)).toContain("last");
    await eventually(async () => expect(await connectionsOf(server)).toBe(0));
    socket.destroy();
  });

  it("lets a client that is still sending read the last answer", async () => {
    const port = await serve((_incoming, outgoing) => outgoing.writeHead(403, { connection: "close" }).end("last"));
    const socket = await connectTo(port);
    const failed = vi.fn();
    socket.on("error", failed).write(post("content-length: 900000", "x".repeat(10_000)));
    for (let piece = 0; piece < 10; piece += 1) {
      await sleep(10);
      socket.write("x".repeat(20_000));
    }
    expect(await text(socket)).toContain("last");
    expect(failed).not.toHaveBeenCalled();
    await eventually(async () => expect(await connectionsOf(server)).toBe(0));
  });

  it("ends although a client sends on and on after the last answer", async () => {
    const port = await serve((_incoming, outgoing) => outgoing.writeHead(403, { connection: "close" }).end("last"));
    const socket = await connectTo(port);
    const cut = new Promise((closed) => socket.on("error", () => undefined).on("close", closed));
    socket.write(post("content-length: 900000000"));
    const sending = setInterval(() => socket.write("x".repeat(500_000)), 1);
    await cut;
    clearInterval(sending);
  });
});

it("a server that serves its connections by more than one listener cannot take turns", async () => {
  await serve(echo);
  const other = createServer().on("connection", () => undefined);
  expect(() => shareFairly(other)).toThrow("expected to serve its connections by one listener");
});
