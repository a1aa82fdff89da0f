import { expect, test } from "vitest";
import { cases } from "./cases/deferred-not-built.ts";
import { deferredNotBuilt } from "./deferred-not-built.ts";
import { messagesOf } from "./test-cases.ts";

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
