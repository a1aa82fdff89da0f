import { expect, test } from "vitest";
import { isOverriding, OVERRIDES, overrideRemedy } from "./overrides.ts";

const SID = `AP${"1".repeat(32)}`;

/** Each setting as Twilio documents it: a value that overrides, the value that does not, and the remedy. */
const DOCUMENTED = [
  ["trunkSid", "calls", SID, "", "clear it"],
  ["voiceApplicationSid", "calls", SID, "", "clear it"],
  ["voiceReceiveMode", "calls", "fax", "voice", 'set it to "voice"'],
  ["smsApplicationSid", "texts", SID, "", "clear it"],
] as const;

test.each(DOCUMENTED)("%s takes %s if it is %j, and not if it is %j", (property, takes, on, off, remedy) => {
  const override = OVERRIDES.find((known) => known.property === property);
  if (override === undefined) throw new Error(`${property} is not on the list`);
  expect(override.takes).toBe(takes);
  expect(isOverriding(override, on)).toBe(true);
  expect(isOverriding(override, Symbol("not known"))).toBe(true);
  for (const value of [off, "", null, undefined]) expect(isOverriding(override, value)).toBe(false);
  expect(overrideRemedy(override)).toBe(remedy);
});

test("the list has no other setting", () => {
  expect(OVERRIDES.map(({ property }) => property).sort()).toEqual(DOCUMENTED.map(([property]) => property).sort());
});
