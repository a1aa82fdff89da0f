import { expect, test } from "vitest";
import { DIFFERENCES } from "./differences.ts";
import { requireKnown } from "./verdict.ts";

test("a difference that the table lacks fails, and so does a verdict on nothing", () => {
  expect(() => requireKnown("Go's regexp", { tried: 3, differing: ["a case that the table lacks"] })).toThrow();
  expect(() => requireKnown("Go's regexp", { tried: 0, differing: [] })).toThrow();
});

test("every difference has a reason, and none stands twice", () => {
  expect(DIFFERENCES.filter(({ reason }) => reason.length < 20)).toEqual([]);
  const names = DIFFERENCES.map((row) => `${row.judge}: ${row.case}`);
  expect(names).toEqual([...new Set(names)]);
});
