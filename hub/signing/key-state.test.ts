import { expect, test } from "vitest";
import { keyState } from "./key-state.ts";

const FROM = "2026-11-01T00:00:00Z";
const UNTIL = "2026-12-01T00:00:00Z";
const before = (moment: string) => new Date(Date.parse(moment) - 1);

test.each([
  ["before its beginning", before(FROM), "not yet valid", "not yet valid"],
  ["at its beginning", new Date(FROM), "valid", "valid"],
  ["before its end", before(UNTIL), "valid", "valid"],
  ["at its end", new Date(UNTIL), "expired", "valid"],
])("a key %s", (_when, now, state, withoutEnd) => {
  expect(keyState({ from: FROM, until: UNTIL }, now)).toBe(state);
  expect(keyState({ from: FROM }, now)).toBe(withoutEnd);
});
