import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import type { BodyProblem } from "../twilio/request.ts";
import { listen } from "./listen.ts";
import { type BodyReader, createBodyReader } from "./request-body.ts";

const MAX_BYTES = 64 * 1024;

let server: Server;
let port: number;
let readBody: BodyReader;
let started: number;
const sockets: Socket[] = [];
beforeEach(async () => {
  readBody = createBodyReader(2);
  started = 0;
  server = createServer(async (incoming, outgoing) => {
    started += 1;
    const answer = shown(await readBody(incoming, MAX_BYTES));
    outgoing.writeHead(200, { connection: "close", "content-length": answer.length });
    outgoing.end(answer);
  });
  port = await listen(server, 0, "127.0.0.1", "port");
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const shown = (body: Uint8Array | BodyProblem) => (typeof body === "string" ? body : `${body.length} bytes`);

/** Sends the head of a request, and resolves once the server reads its body. */
async function begin(length: string): Promise<Socket> {
  const expected = started + 1;
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  await once(socket, "connect");
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${length}\r\n\r\n`);
  await eventually(() => expect(started).toBe(expected));
  return socket;
}

const result = async (socket: Socket) => (await text(socket)).split("\r\n\r\n").at(1);

describe("a body that the server reads", () => {
  it("arrives whole, in one piece, in several, and in chunks of one byte", async () => {
    const whole = await begin("content-length: 5000");
    whole.write("x".repeat(5_000));
    expect(await result(whole)).toBe("5000 bytes");
    const several = await begin("content-length: 5000");
    for (let piece = 0; piece < 50; piece += 1) several.write("x".repeat(100));
    expect(await result(several)).toBe("5000 bytes");
    const chunks = await begin("transfer-encoding: chunked");
    chunks.write(`${"1\r\nx\r\n".repeat(500)}0\r\n\r\n`);
    expect(await result(chunks)).toBe("500 bytes");
  });

  it.each(["content-length: 10", "transfer-encoding: chunked"])(
    "is too slow if nothing of it comes: %s",
    async (length) => {
      expect(await result(await begin(length))).toBe("slow");
    },
  );

  it("is too slow at one byte every 100 ms", { timeout: 15_000 }, async () => {
    const socket = await begin("content-length: 60000");
    const sending = setInterval(() => socket.write("x"), 100);
    expect(await result(socket)).toBe("slow");
    clearInterval(sending);
  });

  it("is gone if the client disconnects", async () => {
    const ended = Promise.withResolvers<string>();
    const read = readBody;
    readBody = async (...given) => {
      const body = await read(...given);
      ended.resolve(shown(body));
      return body;
    };
    const socket = await begin("content-length: 10");
    socket.write("half");
    socket.destroy();
    expect(await ended.promise).toBe("gone");
  });
});

describe("more bodies than the server reads at once", () => {
  it("make the oldest give way, and a body that arrives at once is read", async () => {
    const first = await begin("content-length: 10");
    const second = await begin("content-length: 10");
    const third = await begin("content-length: 10");
    expect(await result(first)).toBe("crowded");
    third.write("0123456789");
    expect(await result(third)).toBe("10 bytes");
    second.write("0123456789");
    expect(await result(second)).toBe("10 bytes");
  });

  it("leave room again once they are read, or gone", async () => {
    for (let index = 0; index < 5; index += 1) {
      const socket = await begin("content-length: 1");
      if (index % 2 === 0) {
        socket.write("x");
        expect(await result(socket)).toBe("1 bytes");
      } else {
        socket.destroy();
        await once(socket, "close");
      }
    }
    const last = await begin("content-length: 2");
    last.write("xy");
    expect(await result(last)).toBe("2 bytes");
  });
});
