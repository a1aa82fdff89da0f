import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./restart-recent.cases.ts";
import { restartRecent } from "./restart-recent.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf((_manifest, today) => restartRecent(today), given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf((_manifest, today) => restartRecent(today), given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(restartRecent().enforcementLevel).toBe("mandatory");
});
