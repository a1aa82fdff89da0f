import { expect, test } from "vitest";
import { cases } from "./cases/no-plaintext-credential.ts";
import { noPlaintextCredential } from "./no-plaintext-credential.ts";
import { messagesOf } from "./test-cases.ts";

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
