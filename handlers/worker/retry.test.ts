import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { backoffMs, failureOf, MAX_REASON_LENGTH, oneLine, retryAfterMs } from "./retry.ts";

const BACKOFF = { fromMs: 2_000, toMs: 300_000 };

describe("backoffMs", () => {
  it.each([
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [8, 256_000],
    [9, 300_000],
    [5_000, 300_000],
  ])("after attempt %i is at most %i ms, and at least half of that", (attempt, longest) => {
    expect(backoffMs(attempt, BACKOFF, () => 0)).toBe(longest / 2);
    expect(backoffMs(attempt, BACKOFF, () => 0.5)).toBe(longest * 0.75);
    expect(backoffMs(attempt, BACKOFF, () => 1)).toBe(longest);
  });
});

describe("retryAfterMs", () => {
  const now = Date.parse("2026-11-22T10:00:00Z");
  it.each([
    [null, undefined],
    ["", undefined],
    ["soon", undefined],
    ["0", 0],
    ["7", 7_000],
    ["86400", 3_600_000],
    ["99999999999999999999", 3_600_000],
    ["Sun, 22 Nov 2026 10:00:30 GMT", 30_000],
    ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
    ["Mon, 23 Nov 2026 10:00:00 GMT", 3_600_000],
  ])("of %j is %j", (header, expected) => expect(retryAfterMs(header, now)).toBe(expected));
});

describe("failureOf", () => {
  it("names a time-out and the code of a network error, but no error's message", () => {
    const refused = Object.assign(new Error("connect to a secret"), { code: "ECONNREFUSED" });
    expect(failureOf(new TypeError("fetch failed", { cause: refused }))).toBe("no answer (ECONNREFUSED)");
    expect(failureOf(new DOMException("secret", "TimeoutError"))).toBe("no answer in time");
    expect(failureOf(new Error("secret"))).toBe("no answer");
    expect(failureOf("secret")).toBe("no answer");
  });
});

test("oneLine gives one bounded, well-formed line for any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 700 }), (text) => {
      const line = oneLine(text);
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(line.length).toBeLessThanOrEqual(MAX_REASON_LENGTH);
      expect(line.isWellFormed()).toBe(true);
    }),
  );
  expect(oneLine(" a\r\n\tb\0c ")).toBe("a b c");
});
