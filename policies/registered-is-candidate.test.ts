import { expect, test } from "vitest";
import { cases } from "./cases/registered-is-candidate.ts";
import { registeredIsCandidate } from "./registered-is-candidate.ts";
import { messagesOf } from "./test-cases.ts";
import { MANIFEST } from "./test-hub.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(registeredIsCandidate, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(registeredIsCandidate, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(registeredIsCandidate(() => MANIFEST).enforcementLevel).toBe("mandatory");
});
