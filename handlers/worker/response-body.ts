/** The bodies of HTTP answers that the handler receives. */

/** All bytes of a body, or undefined if it has more than `maxBytes`. The rest is then not read. */
export async function readAtMost({ body }: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    length += piece.length;
    if (length > maxBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Discards an unread body, so that its connection is free. */
export async function discardBody({ body }: Response): Promise<void> {
  await body?.cancel().catch(() => undefined);
}
