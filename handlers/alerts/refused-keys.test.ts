import { expect, test } from "vitest";
import { SharedKeyId } from "../../hub/config/signing.ts";
import { rememberRefusedKeys } from "./refused-keys.ts";

const HOUR = 60 * 60_000;
const keyOf = (digit: number) => ({
  id: SharedKeyId.parse(`webhooks_sharedkey_${String(digit).padStart(26, "0")}`),
  reason: "unknown" as const,
});
const KEY = keyOf(1);

test("a key is due at its third mention within an hour", () => {
  const keys = rememberRefusedKeys();
  keys.see(KEY, 0);
  keys.see(KEY, 1);
  expect(keys.due(2)).toEqual([]);
  keys.see(KEY, HOUR);
  expect(keys.due(HOUR)).toEqual([]);
  keys.see(KEY, HOUR);
  expect(keys.due(HOUR)).toEqual([KEY]);
  expect(keys.due(HOUR + 1)).toEqual([]);
});

test("it has the reason of its last mention, and is due until it is forgotten", () => {
  const keys = rememberRefusedKeys();
  const expired = { ...KEY, reason: "expired" as const };
  for (const key of [KEY, KEY, KEY, expired]) keys.see(key, 0);
  expect(keys.due(0)).toEqual([expired]);
  keys.forget(KEY.id);
  expect(keys.due(0)).toEqual([]);
});

test("a flood of other keys does not hide a key that is named again and again", () => {
  const keys = rememberRefusedKeys();
  for (let digit = 2; digit < 200; digit += 1) {
    if (digit % 50 === 0) keys.see(KEY, digit);
    keys.see(keyOf(digit), digit);
  }
  expect(keys.due(200)).toEqual([KEY]);
});
