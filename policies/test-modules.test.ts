import { join } from "node:path";
import { expect, test } from "vitest";
import { leadsTo, loadReplaced } from "./test-modules.ts";

const file = (name: string) => join(import.meta.dirname, name);

test("a module that imports another, by whatever way, leads to it", () => {
  expect(leadsTo(file("restart.ts"), file("restart.ts"))).toBe(true);
  expect(leadsTo(file("restart-recent.ts"), file("known-value.ts"))).toBe(true);
  expect(leadsTo(file("known-value.ts"), file("restart-recent.ts"))).toBe(false);
});

test("what leads to the replaced file has its new source, and the rest is real", () => {
  const source = "export const readProperty = () => 1;";
  const { plainProperties } = loadReplaced(file("plain-properties.ts"), file("known-value.ts"), source);
  expect(typeof plainProperties === "function" && plainProperties({ a: 2 })).toEqual({ a: 1 });
  const { plainProperties: own } = loadReplaced(file("plain-properties.ts"), file("texts.ts"), source);
  expect(typeof own === "function" && own({ a: 2 })).toEqual({ a: 2 });
});
