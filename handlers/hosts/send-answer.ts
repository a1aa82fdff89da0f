/** Answers over HTTP. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";

/** An answer as it is sent. */
export interface SentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  /** Undefined for an answer to HEAD. */
  readonly body: string | undefined;
}

/**
 * Sends an answer. If a part of the body has not arrived, it ends the connection, because that part will not be read.
 *
 * @param isLast whether the connection ends in any case
 */
export async function sendAnswer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, headers, body }: SentAnswer,
  isLast: boolean,
): Promise<void> {
  if (!incoming.complete) {
    // A small body mostly comes with its head. Once it is parsed too, the connection can be kept.
    incoming.resume();
    await setImmediate();
  }
  const isBodyLeft = !incoming.complete;
  outgoing.writeHead(status, { ...headers, ...((isLast || isBodyLeft) && { connection: "close" }) });
  outgoing.end(body);
}
