import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBodyBuffer, MAX_PIECES } from "./body-buffer.ts";

const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 });

describe("a body's buffer", () => {
  it("holds the bytes of its pieces, in their order", () => {
    fc.assert(
      fc.property(pieces, (given) => {
        const body = createBodyBuffer(16_000);
        for (const piece of given) expect(body.add(piece)).toBe(true);
        expect(Buffer.from(body.bytes())).toEqual(Buffer.concat(given));
        expect(body.length()).toBe(Buffer.concat(given).length);
      }),
    );
  });

  it("takes as many bytes as are allowed, and not one more", () => {
    fc.assert(
      fc.property(pieces, fc.nat({ max: 8_000 }), (given, maxBytes) => {
        const body = createBodyBuffer(maxBytes);
        const taken = given.every((piece) => body.add(piece));
        expect(taken).toBe(Buffer.concat(given).length <= maxBytes);
        expect(body.length()).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });

  it("does not keep the pieces of a body that comes in several", () => {
    const body = createBodyBuffer(100);
    const given = ["From=%2B1", "&To=%2B2", "&x"].map((text) => Buffer.from(text));
    for (const piece of given) body.add(piece);
    for (const piece of given) piece.fill(0);
    expect(String(Buffer.from(body.bytes()))).toBe("From=%2B1&To=%2B2&x");
  });

  it(`takes ${MAX_PIECES} pieces at most, however short they are`, () => {
    const body = createBodyBuffer(64 * 1024);
    for (let piece = 0; piece < MAX_PIECES; piece += 1) expect(body.add(Buffer.from("x"))).toBe(true);
    expect(body.add(Buffer.from("x"))).toBe(false);
  });
});
