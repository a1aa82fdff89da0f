/**
 * Reverses every condition of every policy, one at a time, and runs the policy's cases (`NAME.cases.ts`) on each mutant. At least one case must
 * fail: a mutant that survives shows a condition that no case depends on. The modules that policies share, and the predicates that they share with
 * the program, are treated in the same way: a case of some policy must fail.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { holds, type MakePack, makerOf } from "./testing/cases.ts";
import { leadsTo, loadReplaced } from "./testing/modules.ts";
import { mutantsOf } from "./testing/mutants.ts";
import { casesOf, PACK_MODULES, POLICY_FILES, type PolicyFile } from "./testing/policy-files.ts";

const PROJECT = join(import.meta.dirname, "..");
const ALL_POLICIES = join(import.meta.dirname, "all-policies.ts");

const Pack = z.object({ allPolicies: z.custom<MakePack>((value) => typeof value === "function") });

/** The predicates that policies share with the program, so that they have no condition of their own for them. */
const PREDICATES = [
  ...["guards/commands/known-commands", "guards/commands/known-variables", "guards/deferred", "guards/known-providers"],
  ...["gate/gates-on", "guards/resource-types", "hosts/ingress-problems", "urls/registered-url"],
  ...["values/credentials", "values/shown-text"],
].map((name) => join(PROJECT, "hub", `${name}.ts`));

const sourceOf = (file: string) => readFileSync(file, "utf8");

/** The policies that import a file, directly or not, those with the fewest cases first. */
function usersOf(file: string): PolicyFile[] {
  const users = POLICY_FILES.filter(({ path }) => leadsTo(path, file));
  return users.toSorted((a, b) => casesOf(a).length - casesOf(b).length);
}

/** The name of a policy's first case that fails if a file has this source; undefined if all pass. A case that throws fails. */
async function failingCase(file: string, source: string, policy: PolicyFile): Promise<string | undefined> {
  const others = POLICY_FILES.map(({ path }) => path).filter((path) => path !== policy.path);
  const { allPolicies } = Pack.parse(loadReplaced(ALL_POLICIES, file, source, others));
  const makePolicy = makerOf(policy.name, allPolicies);
  for (const given of casesOf(policy)) {
    if (!(await holds(makePolicy, given).catch(() => false))) return given.name;
  }
  return undefined;
}

async function isKilled(file: string, source: string, users: readonly PolicyFile[]): Promise<boolean> {
  for (const user of users) {
    if ((await failingCase(file, source, user)) !== undefined) return true;
  }
  return false;
}

/** The mutants of a file on which every case of these policies passes. */
async function survivorsOf(file: string, users: readonly PolicyFile[]): Promise<string[]> {
  // The cases pass on the source as it is. Otherwise a defect of the loader would pass for a killed mutant.
  expect(await isKilled(file, sourceOf(file), users.slice(0, 1))).toBe(false);
  const mutants = mutantsOf(sourceOf(file));
  expect(mutants.length).toBeGreaterThan(0);
  const survivors: string[] = [];
  for (const { at, source } of mutants) {
    if (!(await isKilled(file, source, users))) survivors.push(at);
  }
  return survivors;
}

test.each(POLICY_FILES.map((policy) => ({ ...policy, file: relative(PROJECT, policy.path) })))(
  "with any condition of $file reversed, a case fails",
  async (policy) => {
    expect(await survivorsOf(policy.path, [policy])).toEqual([]);
  },
);

/** The files with conditions that policies import: modules of this room that are not a policy, and the shared predicates. */
const SHARED = [...PACK_MODULES.filter((file) => !POLICY_FILES.some(({ path }) => path === file)), ...PREDICATES]
  .filter((file) => usersOf(file).length > 0 && mutantsOf(sourceOf(file)).length > 0)
  .map((file) => relative(PROJECT, file));

test("every predicate is shared by a policy", () => {
  expect(SHARED).toEqual(expect.arrayContaining(PREDICATES.map((file) => relative(PROJECT, file))));
});

test.each(SHARED)("with any condition of %s reversed, a case fails", async (path) => {
  const file = join(PROJECT, path);
  expect(await survivorsOf(file, usersOf(file))).toEqual([]);
});
