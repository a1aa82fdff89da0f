import { expect, test } from "vitest";
import { textTable } from "./text-table.ts";

test("columns are as wide as their longest cell, and no line ends with a blank", () => {
  expect(
    textTable(
      ["key", "count"],
      [
        ["a", "1"],
        ["longer", ""],
      ],
    ),
  ).toEqual(["key     count", "a       1", "longer"]);
});

test("no line is longer than the limit, and the widest columns are cut", () => {
  const rows = [
    ["u".repeat(90), "short", "s".repeat(60)],
    ["u", "", "s"],
  ];
  for (const width of [40, 60, 100]) {
    const lines = textTable(["url", "rule", "signed"], rows, width);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    expect(lines[1]).toContain("…");
    expect(lines[1]).toContain("short");
  }
});
