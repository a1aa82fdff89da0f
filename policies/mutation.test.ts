/**
 * Turns round every condition of every policy, one at a time, and runs the policy's own cases (`NAME.cases.ts`) on each mutant: at least one must
 * fail. So a condition that no case depends on is found. So it goes with what the policies share, and with the predicates that they share with the
 * program: a case of some policy must fail.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { holds, type MakePolicy, type Policy, type PolicyCase } from "./testing/cases.ts";
import { leadsTo, loadReplaced } from "./testing/modules.ts";
import { mutantsOf } from "./testing/mutants.ts";

const FOLDER = import.meta.dirname;
const PROJECT = join(FOLDER, "..");
const load = createRequire(import.meta.url);

const Cases = z.object({ cases: z.array(z.custom<PolicyCase>()).min(1) });
const Factory = z.custom<(...parameters: Parameters<MakePolicy> | [today?: (() => string) | undefined]) => Policy>(
  (value) => typeof value === "function",
);

const modules = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((file) => /(?<!\.test|\.cases)\.ts$/.test(file) && !/^(testing|dist)\//.test(file))
  .map((file) => join(FOLDER, file));
const nameOf = (file: string) => basename(file, ".ts");
const casesFileOf = (file: string) => file.replace(/\.ts$/, ".cases.ts");
const sourceOf = (file: string) => readFileSync(file, "utf8");
const exportOf = (policy: string) => policy.replaceAll(/-(.)/g, (_all, letter: string) => letter.toUpperCase());
const casesOf = (policy: string) => Cases.parse(load(casesFileOf(policy))).cases;

/** The files of the policies: each exports one under its own name. */
const policies = modules.filter((file) =>
  new RegExp(`^export function ${exportOf(nameOf(file))}\\([^{]*: (Resource|Stack)ValidationPolicy`, "m").test(
    sourceOf(file),
  ),
);

/** What makes a policy, where a file has another source: the policy's own, or one that it imports. */
function policyWith(policy: string, file: string, source: string): MakePolicy {
  const make = Factory.parse(loadReplaced(policy, file, source)[exportOf(nameOf(policy))]);
  // One that needs no manifest is called without, as the pack does: what it may be given is the day.
  return make.length === 0 ? (_manifest, today) => make(today) : make;
}

/** The first case that does not come out as it should; one that throws does not. */
async function failingCase(makePolicy: MakePolicy, cases: readonly PolicyCase[]): Promise<string | undefined> {
  for (const given of cases) {
    if (!(await holds(makePolicy, given).catch(() => false))) return given.name;
  }
  return undefined;
}

/** The mutants of a file on which the cases of all policies come out as they should, as they must not. */
async function survivorsOf(file: string, users: readonly string[]): Promise<string[]> {
  const mutants = mutantsOf(sourceOf(file));
  expect(mutants.length).toBeGreaterThan(0);
  const survivors: string[] = [];
  for (const { at, source } of mutants) {
    if (!(await isKilled(file, source, users))) survivors.push(at);
  }
  return survivors;
}

async function isKilled(file: string, source: string, users: readonly string[]): Promise<boolean> {
  for (const user of users) {
    if ((await failingCase(policyWith(user, file, source), casesOf(user))) !== undefined) return true;
  }
  return false;
}

/** The predicates that the policies share with the program, and that no policy's file has a condition for. */
const PREDICATES = [
  ...["guards/commands/known-commands", "guards/commands/known-variables", "guards/deferred", "guards/known-providers"],
  ...[
    "guards/resource-types",
    "hosts/ingress-problems",
    "urls/registered-url",
    "values/credentials",
    "values/shown-text",
  ],
].map((name) => join(PROJECT, "hub", `${name}.ts`));

/** The files with conditions that policies import: those of this room that are no policy, and the shared predicates. */
function sharedFiles(): string[] {
  const shared = [...modules.filter((file) => !policies.includes(file)), ...PREDICATES];
  return shared.filter((file) => usersOf(file).length > 0 && mutantsOf(sourceOf(file)).length > 0);
}

/** The policies that import a file, those with the fewest cases first. */
function usersOf(file: string): string[] {
  const users = policies.filter((policy) => leadsTo(policy, file));
  return users.toSorted((a, b) => casesOf(a).length - casesOf(b).length);
}

test("every policy has cases", () => {
  expect(policies.length).toBeGreaterThan(5);
  expect(policies.filter((policy) => !existsSync(casesFileOf(policy)))).toEqual([]);
});

describe.each(policies.filter((policy) => existsSync(casesFileOf(policy))).map((policy) => relative(PROJECT, policy)))(
  "%s",
  (path) => {
    const policy = join(PROJECT, path);

    test("as it is, all its cases come out as they should", async () => {
      expect(await failingCase(policyWith(policy, policy, sourceOf(policy)), casesOf(policy))).toBeUndefined();
    });

    test("with any condition turned round, a case fails", async () => {
      expect(await survivorsOf(policy, [policy])).toEqual([]);
    });
  },
);

test("every predicate is shared by a policy", () => {
  expect(sharedFiles()).toEqual(expect.arrayContaining(PREDICATES));
});

test.each(sharedFiles().map((file) => relative(PROJECT, file)))(
  "with any condition of %s turned round, a case fails",
  async (path) => {
    const file = join(PROJECT, path);
    expect(await survivorsOf(file, usersOf(file))).toEqual([]);
  },
);
