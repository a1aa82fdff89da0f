import { expect, test } from "vitest";
import { cases } from "./cases/registered-path-approved.ts";
import { registeredPathApproved } from "./registered-path-approved.ts";
import { messagesOf } from "./test-cases.ts";
import { MANIFEST } from "./test-hub.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(registeredPathApproved, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(registeredPathApproved, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(registeredPathApproved(() => MANIFEST).enforcementLevel).toBe("mandatory");
});
