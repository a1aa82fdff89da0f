import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./no-plaintext-credential.cases.ts";
import { noPlaintextCredential } from "./no-plaintext-credential.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(noPlaintextCredential, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(noPlaintextCredential, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run: the engine takes what a remediation leaves for mandatory", () => {
  expect(noPlaintextCredential().enforcementLevel).toBe("remediate");
});
