import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { MANIFEST } from "../testing/hub.ts";
import { cases } from "./restart-authorised.cases.ts";
import { restartAuthorised } from "./restart-authorised.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(restartAuthorised, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(restartAuthorised, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(restartAuthorised(() => MANIFEST).enforcementLevel).toBe("mandatory");
});
