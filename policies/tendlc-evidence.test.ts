import { expect, test } from "vitest";
import { cases } from "./cases/tendlc-evidence.ts";
import { tendlcEvidence } from "./tendlc-evidence.ts";
import { messagesOf } from "./test-cases.ts";
import { MANIFEST } from "./test-hub.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(tendlcEvidence, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(tendlcEvidence, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(tendlcEvidence(() => MANIFEST).enforcementLevel).toBe("mandatory");
});
