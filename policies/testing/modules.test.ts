import { join } from "node:path";
import { expect, test } from "vitest";
import { leadsTo, loadReplaced } from "./modules.ts";

const file = (name: string) => join(import.meta.dirname, "..", name);

test("a module that imports another, by whatever way, leads to it", () => {
  expect(leadsTo(file("running/reading/restart.ts"), file("running/reading/restart.ts"))).toBe(true);
  expect(leadsTo(file("running/restart-recent.ts"), file("reading/known-value.ts"))).toBe(true);
  expect(leadsTo(file("reading/known-value.ts"), file("running/restart-recent.ts"))).toBe(false);
});

test("what leads to the replaced file has its new source, and the rest is real", () => {
  const source = "export const readProperty = () => 1;";
  const { plainProperties } = loadReplaced(file("reading/plain-properties.ts"), file("reading/known-value.ts"), source);
  expect(typeof plainProperties === "function" && plainProperties({ a: 2 })).toEqual({ a: 1 });
  const { plainProperties: own } = loadReplaced(file("reading/plain-properties.ts"), file("reading/texts.ts"), source);
  expect(typeof own === "function" && own({ a: 2 })).toEqual({ a: 2 });
});
