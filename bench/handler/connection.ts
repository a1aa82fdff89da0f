/** A keep-alive connection that sends one request after the other. It is as lean as possible, since it shares the servers' cores. */
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
   * @throws Error if the connection ends before the whole answer, or the answer has no length
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
 * @throws Error if no server listens on the port
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

/** Settles the waiting request with each answer. Most answers arrive in one piece; the pieces of others are joined. */
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
    waiting.current?.reject(
      new Error("a connection ended or was unreadable before its answer was complete", { cause }),
    );
  socket.on("error", fail).on("close", () => fail());
  return waiting;
}

/**
 * Parses an answer; undefined until it is complete.
 *
 * @throws Error if the answer has no content-length, so that its end is unknown
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
