import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { MANIFEST } from "../testing/hub.ts";
import { cases } from "./known-commands-only.cases.ts";
import { knownCommandsOnly } from "./known-commands-only.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(knownCommandsOnly, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(knownCommandsOnly, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(knownCommandsOnly(() => MANIFEST).enforcementLevel).toBe("mandatory");
});
