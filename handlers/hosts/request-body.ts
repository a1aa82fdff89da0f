/** The bodies of requests that the handler gets. */
import type { IncomingMessage } from "node:http";

/**
 * Reads a request's body: all of it, or, where it is longer than `maxBytes`, more than that and not the rest. It stops with the piece that
 * passes the limit, so that an answer can still be sent; undefined where the client broke off.
 */
export function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let length = 0;
    incoming
      .on("data", (piece: Buffer) => {
        pieces.push(piece);
        length += piece.length;
        if (length <= maxBytes) return;
        incoming.pause();
        resolve(Buffer.concat(pieces));
      })
      .on("end", () => resolve(Buffer.concat(pieces)))
      .on("close", () => resolve(undefined))
      .on("error", () => resolve(undefined));
  });
}
