import { expect, test } from "vitest";
import { cases } from "./cases/manifest-agrees.ts";
import { manifestAgrees } from "./manifest-agrees.ts";
import { messagesOf } from "./test-cases.ts";
import { MANIFEST } from "./test-hub.ts";

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
