import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { E164 } from "../../../hub/values/values.ts";
import { CLEARANCE_LIFE_MS, clearText, redeem, type TextClearance } from "./clearance.ts";

const TEXT = { id: "1", to: E164.parse("+12135550100"), from: E164.parse("+19497798471"), body: "Hello." };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a clearance gives its text, once", () => {
  const clearance = clearText(TEXT);
  expect(redeem(clearance, TEXT.from)).toEqual(TEXT);
  expect(() => redeem(clearance, TEXT.from)).toThrow("was used before");
});

test("later changes do not affect the cleared text", () => {
  const given = { ...TEXT, more: "no" };
  const clearance = clearText(given);
  given.body = "Something else.";
  expect(redeem(clearance, TEXT.from)).toEqual(TEXT);
  const text = redeem(clearText(TEXT), TEXT.from);
  expect(() => Object.assign(text, { body: "Something else." })).toThrow(TypeError);
});

test("a clearance expires, and an attempt to use it then also uses it up", () => {
  const clearance = clearText(TEXT);
  vi.advanceTimersByTime(CLEARANCE_LIFE_MS);
  expect(() => redeem(clearance, TEXT.from)).toThrow("too old");
  expect(() => redeem(clearance, TEXT.from)).toThrow("was used before");
  const other = clearText(TEXT);
  vi.advanceTimersByTime(CLEARANCE_LIFE_MS - 1);
  expect(redeem(other, TEXT.from)).toEqual(TEXT);
});

test("a clearance is of one sender: an attempt for another sends nothing, and uses it up", () => {
  const clearance = clearText(TEXT);
  const other = E164.parse("+18446883807");
  expect(() => redeem(clearance, other)).toThrow("another sender's");
  expect(() => redeem(clearance, TEXT.from)).toThrow("was used before");
});

/** Calls `redeem` without type checks. */
const redeemAnything = (value: unknown) => Reflect.apply(redeem, undefined, [value, TEXT.from]);

test.each<[string, (real: TextClearance) => unknown]>([
  ["nothing", () => undefined],
  ["null", () => null],
  ["true", () => true],
  ["the text itself", () => TEXT],
  ["a spread", (real) => ({ ...real })],
  ["JSON", (real) => JSON.parse(JSON.stringify(real))],
  ["a structured clone", (real) => structuredClone(real)],
  ["an object of the same class by Object.create", (real) => Object.create(Object.getPrototypeOf(real))],
  ["an object that inherits from a real one", (real) => Object.create(real)],
  ["an object with its prototype set", (real) => Object.setPrototypeOf({ ...TEXT }, Object.getPrototypeOf(real))],
  ["a proxy of a real one", (real) => new Proxy(real, {})],
  ["a function", () => () => TEXT],
])("%s is not a clearance", (_what, forge) => {
  expect(() => redeemAnything(forge(clearText(TEXT)))).toThrow("not a clearance of the gate");
});

test.each([[[]], [[Symbol("the gate"), TEXT]], [[Symbol.for("the gate"), TEXT]], [[undefined, TEXT]]])(
  "the class constructs no clearance for other code, although it can be reached: %o",
  (args) => {
    const Reached = Object.getPrototypeOf(clearText(TEXT)).constructor;
    expect(() => Reflect.construct(Reached, args)).toThrow();
  },
);

test("a subclass constructs no clearance either", () => {
  const Reached = Object.getPrototypeOf(clearText(TEXT)).constructor;
  class Forged extends Reached {}
  expect(() => Reflect.construct(Forged, [Symbol("the gate"), TEXT])).toThrow("only the gate can make");
});

test("a clearance reveals nothing of its text, and takes no properties", () => {
  const clearance = clearText(TEXT);
  expect(JSON.stringify(clearance)).toBe("{}");
  expect(Reflect.ownKeys(clearance)).toEqual([]);
  expect(() => Object.assign(clearance, { body: "other" })).toThrow(TypeError);
});

test("the compiler accepts no imitation of a clearance", () => {
  // @ts-expect-error: an object of the same shape is not a clearance.
  const imitation: TextClearance = {};
  // @ts-expect-error: nor is the text.
  const text: TextClearance = TEXT;
  for (const forged of [imitation, text])
    expect(() => redeem(forged, TEXT.from)).toThrow("not a clearance of the gate");
});
