import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { MANIFEST } from "../testing/hub.ts";
import { cases } from "./registered-path-approved.cases.ts";
import { registeredPathApproved } from "./registered-path-approved.ts";

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
