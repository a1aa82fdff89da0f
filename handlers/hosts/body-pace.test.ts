import { describe, expect, it } from "vitest";
import { type Arrival, isTooSlow, LONGEST_MS } from "./body-pace.ts";

describe("a body is in time", () => {
  it.each<[string, Arrival]>([
    ["if nothing came in the first second", { received: 0, declared: 64 * 1024, elapsedMs: 1_000 }],
    ["if half of a call came at once, and the rest after 2.7 s", { received: 150, declared: 300, elapsedMs: 2_700 }],
    ["if a long one comes at a steady rate", { received: 32 * 1024, declared: 64 * 1024, elapsedMs: 2_000 }],
    ["if its length is not known, at the lowest rate", { received: 50, declared: undefined, elapsedMs: 2_000 }],
    ["in its last millisecond", { received: 299, declared: 300, elapsedMs: LONGEST_MS }],
  ])("%s", (_what, arrival) => expect(isTooSlow(arrival)).toBe(false));
});

describe("a body is too slow", () => {
  it.each<[string, Arrival]>([
    ["if nothing came after the first second", { received: 0, declared: undefined, elapsedMs: 1_001 }],
    ["if one byte came in two seconds", { received: 1, declared: 300, elapsedMs: 2_000 }],
    ["below the lowest rate", { received: 49, declared: undefined, elapsedMs: 2_000 }],
    ["if a long one cannot be here in time", { received: 10_000, declared: 64 * 1024, elapsedMs: 2_000 }],
    ["after the longest time, at any rate", { received: 64 * 1024, declared: undefined, elapsedMs: LONGEST_MS + 1 }],
  ])("%s", (_what, arrival) => expect(isTooSlow(arrival)).toBe(true));
});
