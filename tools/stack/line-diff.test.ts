import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lineDiff, shownDiff } from "./line-diff.ts";

const texts = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 }).map((lines) => lines.join("\n"));

test("a diff holds both texts, complete and in order", () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const lines = lineDiff(before, after);
      const without = (left: string) => lines.filter(({ kind }) => kind !== left).map(({ text }) => text);
      expect(without("added").join("\n")).toBe(before);
      expect(without("removed").join("\n")).toBe(after);
    }),
  );
});

test("equal texts have no diff to show", () => {
  expect(shownDiff("a.yaml", "a\nb", "a\nb")).toBe("");
});

test("a change is shown with the lines around it and its line number", () => {
  const before = ["1", "2", "3", "4", "5", "6", "7", "8"].join("\n");
  const after = ["1", "2", "3", "4", "five", "6", "7", "8"].join("\n");
  expect(stripVTControlCharacters(shownDiff("a.yaml", before, after)).split("\n")).toEqual([
    "@@ a.yaml, line 3 @@",
    ...[" 3", " 4", "-5", "+five", " 6", " 7"],
  ]);
});
