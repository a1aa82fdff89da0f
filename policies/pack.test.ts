/** The pack, its files and its page agree. The pack itself cannot be imported: it starts a server. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manifestWith } from "../hub/testing/config.ts";
import { allPolicies } from "./all-policies.ts";
import { POLICY_FILES } from "./testing/policy-files.ts";
import { withExceptions } from "./with-exceptions.ts";

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

test("docs/policies.md has a row for each policy, in the pack's order, with its level and its description", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "docs", "policies.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([a-z0-9-]+)`( \(advisory\))? \| (.+) \| .+ \|$/gm)];
  const expected = withExceptions(policies, { off: [], allowedTypes: [] });
  expect(
    rows.map(([, name = ""]) => name),
    "add a row for each policy to the first table of docs/policies.md, in the order of policies/all-policies.ts",
  ).toEqual(expected.map(({ name }) => name));
  for (const [index, { name, description, enforcementLevel }] of expected.entries()) {
    const [, , level = "", text = ""] = rows[index] ?? [];
    expect(text.startsWith(description), `the row of ${name} begins with its description: ${description}`).toBe(true);
    expect(level, name).toBe(enforcementLevel === "advisory" ? " (advisory)" : "");
  }
});
