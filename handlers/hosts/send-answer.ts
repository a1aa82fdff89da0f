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

const ending = new WeakSet<object>();

/** Lets the next answer of a request's connection be its last one. */
export function endAfter({ socket }: IncomingMessage): void {
  ending.add(socket);
}

/**
 * Whether the connection of a request ends with an answer to an earlier one, or with the next answer. What comes behind that request must not be
 * served: https://www.rfc-editor.org/rfc/rfc9112#section-9.6
 */
export function isEnding({ socket }: IncomingMessage): boolean {
  return ending.has(socket);
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
  if (isLast) endAfter(incoming);
  if (!incoming.complete) {
    // A small body mostly comes with its head. Once it is parsed too, the connection can be kept.
    incoming.resume();
    await setImmediate();
  }
  if (!incoming.complete) endAfter(incoming);
  outgoing.writeHead(status, { ...headers, ...(isEnding(incoming) && { connection: "close" }) });
  outgoing.end(body);
}
