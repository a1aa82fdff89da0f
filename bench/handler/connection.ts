/** One keep-alive connection that sends one request after the other, as lean as it can be: its work is taken from the servers' cores. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** An answer over the connection. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly body: string;
}

/** A connection to a server. */
export interface Connection {
  /**
   * Sends a request and waits for its answer.
   *
   * @throws Error where the connection ends before
   */
  send(request: Buffer): Promise<ReceivedAnswer>;
  close(): void;
}

const HEAD_END = "\r\n\r\n";
const STATUS_AT = "HTTP/1.1 ".length;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * Connects to a server on this machine.
 *
 * @throws Error where nothing listens
 */
export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const waiting = answersOf(socket);
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting.current = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

interface Waiting {
  current?: { resolve(answer: ReceivedAnswer): void; reject(error: Error): void } | undefined;
}

/** Node gives every piece of a loopback answer as it came; most come in one. */
function answersOf(socket: Socket): Waiting {
  const waiting: Waiting = {};
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (piece) => {
    received += String(piece);
    try {
      const answer = parseAnswer(received);
      if (answer === undefined) return;
      received = "";
      waiting.current?.resolve(answer);
    } catch (error) {
      fail(error);
    }
  });
  const fail = (cause?: unknown) =>
    waiting.current?.reject(new Error("a connection ended, or cannot be read, before its answer was whole", { cause }));
  socket.on("error", fail).on("close", () => fail());
  return waiting;
}

/**
 * An answer once it is here whole; undefined before.
 *
 * @throws Error where its length is not given: then its end could not be told
 */
export function parseAnswer(received: string): ReceivedAnswer | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const status = Number(received.slice(STATUS_AT, STATUS_AT + 3));
  const body = received.slice(headEnd + HEAD_END.length);
  const length = status === 204 ? 0 : lengthIn(received.slice(0, headEnd));
  return body.length < length ? undefined : { status, body };
}

function lengthIn(head: string): number {
  const length = CONTENT_LENGTH.exec(head)?.[1];
  if (length === undefined) throw new Error("an answer has no content-length");
  return Number(length);
}
