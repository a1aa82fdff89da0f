/**
 * Turns round every condition of every policy, one at a time, and runs the policy's own cases (`cases/NAME.ts`) on each mutant: at least one must
 * fail. So a condition that no case depends on is found. Only the policy's own file is mutated; what it shares with others has tests of its own.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { compileFunction } from "node:vm";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { holds, type MakePolicy, type Policy, type PolicyCase } from "./test-cases.ts";
import { mutantsOf } from "./test-mutants.ts";

const FOLDER = import.meta.dirname;
const load = createRequire(import.meta.url);

const Cases = z.object({ cases: z.array(z.custom<PolicyCase>()).min(1) });
const Factory = z.custom<(...parameters: Parameters<MakePolicy> | [today?: (() => string) | undefined]) => Policy>(
  (value) => typeof value === "function",
);

const sourceOf = (policy: string) => readFileSync(join(FOLDER, `${policy}.ts`), "utf8");
const exportOf = (policy: string) => policy.replaceAll(/-(.)/g, (_all, letter: string) => letter.toUpperCase());
const casesOf = (policy: string) => Cases.parse(load(`./cases/${policy}.ts`)).cases;

/** The names of the policies: each is exported under its file's name. */
function policies(): string[] {
  const files = readdirSync(FOLDER).filter((file) => /(?<!\.test)\.ts$/.test(file));
  const isPolicy = (name: string) =>
    new RegExp(`^export function ${exportOf(name)}\\([^{]*: (Resource|Stack)ValidationPolicy`, "m").test(
      sourceOf(name),
    );
  return files.map((file) => basename(file, ".ts")).filter(isPolicy);
}

/** The policy that a source makes, with the modules that the real one imports. */
function policyFrom(source: string, policy: string): MakePolicy {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2024 },
  });
  const exported: Record<string, unknown> = {};
  compileFunction(outputText, ["exports", "require"], { filename: `${policy}.mutant.js` })(exported, load);
  const make = Factory.parse(exported[exportOf(policy)]);
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

test("every policy has cases", () => {
  expect(policies().length).toBeGreaterThan(5);
  expect(policies().filter((policy) => !existsSync(join(FOLDER, "cases", `${policy}.ts`)))).toEqual([]);
});

describe.each(policies().filter((policy) => existsSync(join(FOLDER, "cases", `${policy}.ts`))))("%s", (policy) => {
  test("as it is, all its cases come out as they should", async () => {
    expect(await failingCase(policyFrom(sourceOf(policy), policy), casesOf(policy))).toBeUndefined();
  });

  test("with any condition turned round, a case fails", async () => {
    const mutants = mutantsOf(sourceOf(policy));
    expect(mutants.length).toBeGreaterThan(0);
    const survivors: string[] = [];
    for (const { at, source } of mutants) {
      if ((await failingCase(policyFrom(source, policy), casesOf(policy))) === undefined) survivors.push(at);
    }
    expect(survivors).toEqual([]);
  });
});
