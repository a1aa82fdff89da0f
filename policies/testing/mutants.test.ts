import { expect, test } from "vitest";
import { mutantsOf } from "./mutants.ts";

const SOURCE = `const a = (x: number[], y: boolean) => {
  if (y || x.length > 2) return x.filter((item) => item > 1);
  return y ? x.some(isOdd) && "odd" : x.map((item) => item);
};`;

test("each condition is reversed in a mutant of its own, and nothing else changes", () => {
  expect(mutantsOf(SOURCE).map(({ at }) => at)).toEqual([
    "2: y || x.length > 2",
    "2: y",
    "2: x.length > 2",
    "2: (item) => item > 1",
    "3: y",
    "3: x.some(isOdd)",
    "3: isOdd",
  ]);
  const [whole, , side, predicate] = mutantsOf(SOURCE).map(({ source }) => source);
  expect(whole).toBe(SOURCE.replace("y || x.length > 2", "!(y || x.length > 2)"));
  expect(side).toBe(SOURCE.replace("x.length > 2", "!(x.length > 2)"));
  expect(predicate).toBe(SOURCE.replace("(item) => item > 1)", "((...all) => !((item) => item > 1)(...all)))"));
});

test("a source without a condition has no mutant", () => {
  expect(mutantsOf("export const a = [1].map((x) => x + 1);")).toEqual([]);
});
