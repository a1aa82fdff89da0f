/** The bodies of incoming requests. */
import type { IncomingMessage } from "node:http";
import type { BodyProblem } from "../twilio/request.ts";
import { createBodyBuffer } from "./body-buffer.ts";
import { isTooSlow } from "./body-pace.ts";

/** Reads a request's body, of `maxBytes` at most. What comes after a problem is dropped. */
export type BodyReader = (incoming: IncomingMessage, maxBytes: number) => Promise<Uint8Array | BodyProblem>;

/** The most bodies that a server reads at once: with bodies of 64 KiB, 16 MiB. Twilio's take milliseconds, so few of them are ever under way. */
export const MAX_AT_ONCE = 256;

/** The interval at which the pace of a body is checked, in milliseconds. */
const CHECK_MS = 250;

/**
 * Makes the reader of a server. If another body comes while it reads `maxAtOnce`, the one that has taken the longest gives way: somebody who holds
 * bodies open loses those, and a webhook that arrives at once loses nothing.
 */
export function createBodyReader(maxAtOnce = MAX_AT_ONCE): BodyReader {
  // The oldest comes first.
  const reading = new Set<(problem: BodyProblem) => void>();

  function makeRoom(): void {
    for (const giveWay of reading) {
      if (reading.size < maxAtOnce) return;
      reading.delete(giveWay);
      giveWay("crowded");
    }
  }

  return async (incoming, maxBytes) => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | BodyProblem>();
    makeRoom();
    reading.add(resolve);
    const stop = receive(incoming, maxBytes, resolve);
    try {
      return await promise;
    } finally {
      reading.delete(resolve);
      stop();
    }
  };
}

/** Receives a body until it has arrived or has a problem. Returns the function that stops this. */
function receive(
  incoming: IncomingMessage,
  maxBytes: number,
  settle: (result: Uint8Array | BodyProblem) => void,
): () => void {
  const body = createBodyBuffer(maxBytes);
  const declared = declaredLength(incoming);
  const startedAt = performance.now();
  const add = (piece: Buffer) => {
    if (!body.add(piece)) settle("long");
  };
  const judge = () => {
    if (isTooSlow({ received: body.length(), declared, elapsedMs: performance.now() - startedAt })) settle("slow");
  };
  incoming
    .on("data", add)
    .on("end", () => settle(body.bytes()))
    .on("close", () => settle("gone"))
    .on("error", () => settle("gone"));
  // After a busy second the timer comes before the bytes that wait on the socket, and they must count.
  const watch = setInterval(() => setImmediate(judge), CHECK_MS).unref();
  return () => {
    clearInterval(watch);
    incoming.off("data", add).resume();
  };
}

function declaredLength({ headers }: IncomingMessage): number | undefined {
  const { "content-length": length } = headers;
  return length === undefined ? undefined : Number(length);
}
