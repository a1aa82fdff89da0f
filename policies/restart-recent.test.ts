import { expect, test } from "vitest";
import { cases } from "./cases/restart-recent.ts";
import { restartRecent } from "./restart-recent.ts";
import { messagesOf } from "./test-cases.ts";
import { MANIFEST } from "./test-hub.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(restartRecent, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(restartRecent, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(restartRecent(() => MANIFEST).enforcementLevel).toBe("mandatory");
});
