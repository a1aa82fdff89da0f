/** The bytes of a body, as its pieces arrive. */

/** The most pieces of a body. Each costs as much time as hundreds of bytes; a network brings 64 KiB in about 50. */
export const MAX_PIECES = 1_024;

/** A body that is arriving. */
export interface BodyBuffer {
  /** Adds a piece. False if the body then has more bytes or more pieces than allowed; the piece is not kept. */
  add(piece: Uint8Array): boolean;
  /** The number of bytes so far. */
  length(): number;
  /** All bytes so far. */
  bytes(): Uint8Array;
}

/**
 * Makes a buffer. It keeps a body of one piece as it is, and copies the pieces of any other into one buffer: to keep them would take hundreds of
 * bytes for a piece of one.
 *
 * @param maxBytes the most bytes of the body
 */
export function createBodyBuffer(maxBytes: number): BodyBuffer {
  let buffer: Uint8Array = new Uint8Array(0);
  let length = 0;
  let pieces = 0;

  function makeRoom(needed: number): void {
    if (needed <= buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(needed, 2 * buffer.length)));
    grown.set(buffer.subarray(0, length));
    buffer = grown;
  }

  return {
    add: (piece) => {
      pieces += 1;
      if (length + piece.length > maxBytes || pieces > MAX_PIECES) return false;
      if (pieces === 1) buffer = piece;
      else {
        makeRoom(length + piece.length);
        buffer.set(piece, length);
      }
      length += piece.length;
      return true;
    },
    length: () => length,
    bytes: () => buffer.subarray(0, length),
  };
}
