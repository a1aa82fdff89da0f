import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { MANIFEST } from "../testing/hub.ts";
import { cases } from "./manifest-agrees.cases.ts";
import { manifestAgrees } from "./manifest-agrees.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(manifestAgrees, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(manifestAgrees, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(manifestAgrees(() => MANIFEST).enforcementLevel).toBe("mandatory");
});
