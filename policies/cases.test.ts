/** Runs every policy of the pack on its cases (`NAME.cases.ts`). */
import { relative } from "node:path";
import { describe, expect, test } from "vitest";
import { allPolicies } from "./all-policies.ts";
import { makerOf, messagesOf } from "./testing/cases.ts";
import { casesOf, POLICY_FILES } from "./testing/policy-files.ts";

const policies = POLICY_FILES.map((file) => ({ ...file, cases: casesOf(file) }));

test("every policy has cases", () => {
  const pathOf = (file: string) => `policies/${relative(import.meta.dirname, file)}`;
  const missing = policies
    .filter(({ cases }) => cases.length === 0)
    .map(({ path, casesPath }) => `${pathOf(path)} has no cases: export them as "cases" from ${pathOf(casesPath)}`);
  expect(missing).toEqual([]);
});

describe.each(policies.filter(({ cases }) => cases.length > 0))("$name", ({ name, cases }) => {
  test.each(cases)("$name", async (given) => {
    const messages = await messagesOf(makerOf(name, allPolicies), given);
    if (given.violates === undefined) expect(messages).toEqual([]);
    else expect(messages[0]).toMatch(given.violates);
  });
});
