/** The bodies of incoming requests. */
import type { IncomingMessage } from "node:http";

/**
 * Reads a request's body. It stops at the chunk that exceeds `maxBytes`, so an answer can still be sent; a result longer than `maxBytes` may be
 * incomplete.
 *
 * @returns undefined if the client disconnected
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
