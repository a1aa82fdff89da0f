/** The bodies of incoming requests. */
import type { IncomingMessage } from "node:http";
import type { BodyProblem } from "../twilio/request.ts";

/** Reads a request's body. It stops at the chunk that exceeds `maxBytes`, so that an answer can still be sent. */
export function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | BodyProblem> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let length = 0;
    incoming
      .on("data", (piece: Buffer) => {
        pieces.push(piece);
        length += piece.length;
        if (length <= maxBytes) return;
        incoming.pause();
        resolve("long");
      })
      .on("end", () => resolve(Buffer.concat(pieces)))
      .on("close", () => resolve("gone"))
      .on("error", () => resolve("gone"));
  });
}
