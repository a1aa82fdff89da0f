/** The pack and its files agree. The pack itself cannot be imported: it starts a server. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manifestWith } from "../hub/testing/config.ts";
import { allPolicies } from "./all-policies.ts";
import { POLICY_FILES } from "./testing/policy-files.ts";

const policies = allPolicies(() => manifestWith());
const names = policies.map(({ name }) => name);

/** The enforcement levels. Every other policy is mandatory. */
const LEVELS: Readonly<Record<string, string>> = {
  "docusign-list-rotated": "advisory",
  // The engine treats a violation that a remediation leaves as a mandatory one.
  "no-plaintext-credential": "remediate",
};

test("the pack has every policy of this room, each in a file of its name", () => {
  const files = POLICY_FILES.map(({ name }) => name);
  const problems = [
    ...files
      .filter((name) => !names.includes(name))
      .map((name) => `${name}.ts has no policy of its name in the pack: add it to policies/all-policies.ts`),
    ...names
      .filter((name) => !files.includes(name))
      .map((name) => `the policy ${name} has no file of its name: move it to policies/SUBJECT/${name}.ts`),
  ];
  expect(problems).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
  expect(readFileSync(join(import.meta.dirname, "pack.ts"), "utf8")).toContain("withExceptions(allPolicies(");
});

test("each policy is mandatory unless it is listed with another level", () => {
  const levels = Object.fromEntries(policies.map(({ name, enforcementLevel }) => [name, enforcementLevel]));
  expect(levels).toEqual({ ...Object.fromEntries(names.map((name) => [name, "mandatory"])), ...LEVELS });
});
