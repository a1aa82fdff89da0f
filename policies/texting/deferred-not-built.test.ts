import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./deferred-not-built.cases.ts";
import { deferredNotBuilt } from "./deferred-not-built.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(deferredNotBuilt, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(deferredNotBuilt, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(deferredNotBuilt().enforcementLevel).toBe("mandatory");
});
