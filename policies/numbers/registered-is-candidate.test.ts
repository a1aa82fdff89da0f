import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { MANIFEST } from "../testing/hub.ts";
import { cases } from "./registered-is-candidate.cases.ts";
import { registeredIsCandidate } from "./registered-is-candidate.ts";

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
