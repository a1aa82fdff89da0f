import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./tendlc-evidence.cases.ts";
import { tendlcEvidence } from "./tendlc-evidence.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf((_manifest, today) => tendlcEvidence(today), given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf((_manifest, today) => tendlcEvidence(today), given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(tendlcEvidence().enforcementLevel).toBe("mandatory");
});
