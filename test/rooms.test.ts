/**
 * Nothing imports upward, by these rules:
 * - They hold for every tracked TypeScript file and every kind of import: `import`, `export … from`, `import()`, `require()`, type imports.
 * - A room is the first folder of a path. It may import itself, npm packages, and the rooms that the table `ROOMS` gives it. `sdks/twilio` is imported
 *   as the npm package `@pulumi/twilio`, so no room imports `sdks` by path.
 * - `hub` is pure: it may import `node:crypto` alone from Node, and nothing from Pulumi.
 * - Only tests, `bench`, `tools/demo`, `tools/loopback` and their commands import `loopback`. Only tests and the test runner's configuration import
 *   `test`.
 * - A test (`*.test.ts`) keeps its room's rules, and may also import `tools`, `loopback` and `test`. Files in `test` and `bench` cross rooms, and may
 *   import any. Helpers that the tests of a room share keep that room's rules.
 * - Nobody imports a test.
 * - No files and no folders import one another in a circle. Tests do not count, because nobody imports them.
 * - A folder holds at most 15 modules, without tests, unless `MORE_MODULES` gives a reason.
 */
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { circlesOf, folderGraph, type ImportGraph } from "./support/rules/import-graph.ts";
import { projectFiles } from "./support/rules/project-files.ts";
import { importsOf, UNKNOWN } from "./support/rules/source-text.ts";

const PROJECT = join(import.meta.dirname, "..");

const ROOMS: Readonly<Record<string, readonly string[]>> = {
  hub: [],
  infra: ["hub"],
  handlers: ["hub"],
  policies: ["hub"],
  audit: ["hub"],
  sdks: [],
  loopback: ["hub"],
  tools: ["hub", "infra", "handlers", "policies", "audit", ".", "tools"],
  test: ["hub", "infra", "handlers", "policies", "audit", "sdks", "loopback", "tools", "."],
  bench: ["hub", "infra", "handlers", "policies", "audit", "sdks", "loopback", "tools", "test", "."],
  ".": ["tools", "test"],
};
const FOR_TESTS = ["tools", "loopback", "test"];
const MAY_IMPORT_LOOPBACK = /^tools\/(commands\/)?(demo|loopback)\b/;
const HUB_BUILTINS = ["node:crypto"];

const isTest = (file: string) => file.endsWith(".test.ts");

function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : ".";
}

/** The rooms that a file may import; undefined if its folder is not a room. */
function allowedRooms(file: string): readonly string[] | undefined {
  const room = roomOf(file);
  const allowed = ROOMS[room];
  if (allowed === undefined) return undefined;
  const extra = isTest(file) ? FOR_TESTS : MAY_IMPORT_LOOPBACK.test(file) ? ["loopback"] : [];
  return [room, ...allowed, ...extra];
}

/** The problems of the imports of a file, one line each. */
function problems(file: string, text: string): string[] {
  return specifiers(file, text).flatMap((specifier) => {
    const problem =
      specifier === undefined
        ? "the specifier is computed, so it could be any module; write it as a literal"
        : importProblem(file, specifier);
    return problem === undefined ? [] : [`${file}: ${specifier ?? "import()"}: ${problem}`];
  });
}

function importProblem(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return packageProblem(file, specifier);
  const target = posix.join(posix.dirname(file), specifier);
  if (isTest(target)) return "this is a test, which no file may import; move what both need into testing/";
  const allowed = allowedRooms(file);
  if (allowed === undefined) return `${roomOf(file)} is not a room; add it to ROOMS in test/rooms.test.ts`;
  return allowed.includes(roomOf(target)) ? undefined : `${roomOf(file)} may not import ${roomOf(target)}`;
}

function packageProblem(file: string, specifier: string): string | undefined {
  if (/^(\/|file:|#)/.test(specifier)) return "this is neither a relative path nor a package";
  if (roomOf(file) !== "hub" || isTest(file)) return undefined;
  const isForbidden = specifier.startsWith("@pulumi/") || (isBuiltin(specifier) && !HUB_BUILTINS.includes(specifier));
  return isForbidden ? "hub must do without I/O and Pulumi" : undefined;
}

/** Every specifier that a file imports; undefined for a computed one. */
function specifiers(file: string, text: string): (string | undefined)[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return importsOf(source).map(({ specifier }) =>
    specifier === "" || specifier.includes(UNKNOWN) ? undefined : specifier,
  );
}

const trackedFiles = () => projectFiles((file) => file.endsWith(".ts"));

test("nothing imports upward", () => {
  const files = trackedFiles();
  for (const room of ["hub", "infra", "handlers", "policies", "sdks", "loopback", "tools"]) {
    expect(files.map(roomOf)).toContain(room);
  }
  expect(files.flatMap((file) => problems(file, readFileSync(join(PROJECT, file), "utf8")))).toEqual([]);
});

/** The relative imports of every module that is not a test. */
function importGraph(files: readonly string[]): ImportGraph {
  const targetsOf = (file: string) =>
    specifiers(file, readFileSync(join(PROJECT, file), "utf8"))
      .filter((specifier) => specifier?.startsWith("."))
      .map((specifier) => posix.join(posix.dirname(file), specifier ?? ""));
  const modules = files.filter((file) => !isTest(file));
  return new Map(modules.map((file) => [file, new Set(targetsOf(file).filter((target) => modules.includes(target)))]));
}

test("no files and no folders import one another in a circle", () => {
  const graph = importGraph(trackedFiles());
  expect(graph.size).toBeGreaterThan(300);
  expect(circlesOf(graph)).toEqual([]);
  expect(circlesOf(folderGraph(graph))).toEqual([]);
});

test("a circle of files is found, and so is a circle of folders alone", () => {
  const graph = new Map([
    ["a/one.ts", new Set(["a/two.ts"])],
    ["a/two.ts", new Set(["b/three.ts"])],
    ["b/three.ts", new Set<string>()],
    ["b/four.ts", new Set(["a/one.ts"])],
  ]);
  expect(circlesOf(graph)).toEqual([]);
  expect(circlesOf(folderGraph(graph))).toEqual([["a", "b"]]);
  expect(circlesOf(new Map([...graph, ["b/three.ts", new Set(["a/one.ts"])]]))).toEqual([
    ["a/one.ts", "a/two.ts", "b/three.ts"],
  ]);
  expect(circlesOf(new Map([["a.ts", new Set(["a.ts"])]]))).toEqual([["a.ts"]]);
});

const MAX_MODULES = 15;
/** Folders with more modules, and the reason. */
const MORE_MODULES: Readonly<Record<string, string>> = {
  "tools/commands": "one file for each npm script",
};

test("a folder holds at most 15 modules", () => {
  const sizes = new Map<string, number>();
  for (const file of trackedFiles().filter((name) => !isTest(name)))
    sizes.set(posix.dirname(file), (sizes.get(posix.dirname(file)) ?? 0) + 1);
  const large = [...sizes].filter(([, size]) => size > MAX_MODULES).map(([folder]) => folder);
  expect(large).toEqual(Object.keys(MORE_MODULES));
});

test.each([
  ["hub/a.ts", 'import { a } from "../infra/a.ts";'],
  ["hub/a.ts", 'import type { A } from "../handlers/a.ts";'],
  ["hub/a.ts", 'import "node:fs";'],
  ["hub/a.ts", 'import * as pulumi from "@pulumi/pulumi";'],
  ["hub/a.test.ts", 'import "../infra/a.ts";'],
  ["hub/test-a.ts", 'import "../tools/a.ts";'],
  ["infra/a.ts", 'export { a } from "../policies/a.ts";'],
  ["infra/a.ts", 'export * from "../loopback/a.ts";'],
  ["infra/a.ts", 'import "../sdks/twilio/index.ts";'],
  ["handlers/a.ts", 'const a = await import("../tools/a.ts");'],
  ["handlers/a.ts", 'type A = import("../infra/a.ts").A;'],
  ["handlers/a.ts", 'const a = require("../infra/a.ts");'],
  ["handlers/a.ts", 'import a = require("../infra/a.ts");'],
  ["handlers/a.ts", "const a = await import(name);"],
  ["handlers/a.ts", 'import "./b.test.ts";'],
  ["policies/a.ts", 'import "../test/a.ts";'],
  ["sdks/twilio/a.ts", 'import "../../hub/a.ts";'],
  ["loopback/a/b.ts", 'import "../../tools/a.ts";'],
  ["tools/a.ts", 'import "../loopback/a.ts";'],
  ["tools/engine/loopback.ts", 'import "../../loopback/a.ts";'],
  ["tools/a.ts", 'import "/home/a.ts";'],
  ["attic/a.ts", 'import "../hub/a.ts";'],
])("the check refuses in %s: %s", (file, text) => {
  expect(problems(file, text)).toHaveLength(1);
});

test.each([
  ["hub/a.ts", 'import { z } from "zod"; import "node:crypto"; import "./b.ts";'],
  ["infra/a.ts", 'import "../hub/a.ts"; import "@pulumi/twilio"; import "node:fs";'],
  ["loopback/a/b.ts", 'import "../c.ts"; import "../../hub/a.ts";'],
  ["loopback/a.test.ts", 'import "../tools/a.ts";'],
  ["sdks/twilio/a.test.ts", 'import a from "../../test/fixtures/a.json" with { type: "json" };'],
  ["tools/demo/a.ts", 'import "../../loopback/a.ts"; import "../../package.json";'],
  ["tools/commands/loopback.ts", 'const a = await import("../../loopback/a.ts");'],
  ["tools/a.ts", 'import "../infra/a.ts"; // import "../loopback/a.ts";'],
  ["test/a/b.ts", 'import "../../loopback/a.ts"; import "../../tools/a.ts"; import "../../infra/a.ts";'],
  ["bench/a.ts", 'import "../loopback/a.ts"; import "../handlers/a.ts";'],
])("the check accepts in %s: %s", (file, text) => {
  expect(problems(file, text)).toEqual([]);
});
