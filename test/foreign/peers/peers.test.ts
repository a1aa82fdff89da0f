/**
 * The cases that the tests of peers name. Each leads to a test of ours that holds it, or has the reason why it does not apply. A case that this
 * project decides otherwise has both.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT } from "../../../tools/cli/paths.ts";
import { testsIn } from "./named-tests.ts";
import type { OurTest } from "./peer-case.ts";
import { PEER_CASES, PEER_DIFFERENCES, PEERS } from "./peers.ts";

const known = new Map<string, ReturnType<typeof testsIn>>();

function testsOf(file: string): ReturnType<typeof testsIn> {
  const tests = known.get(file) ?? testsIn(readFileSync(join(PROJECT, file), "utf8"));
  known.set(file, tests);
  return tests;
}

/** The part of a reference that leads nowhere. */
function missing([file, title, ...inside]: OurTest): string[] {
  if (!existsSync(join(PROJECT, file))) return [file];
  const texts = testsOf(file).get(title);
  if (texts === undefined) return [`${file}: ${title}`];
  return inside.filter((text) => !texts.has(text)).map((text) => `${file}: ${title}: ${text}`);
}

test("each case leads to a test that exists, or has the reason why it does not apply", () => {
  expect(PEER_CASES.flatMap((row) => (row.test === undefined ? [] : missing(row.test)))).toEqual([]);
  const reasons = PEER_CASES.filter((row) => row.test === undefined).map(({ reason = "" }) => reason);
  expect(reasons.filter((reason) => reason.length < 20)).toEqual([]);
});

test("a file, a title or a row that does not exist is found", () => {
  const [row] = PEER_CASES.flatMap(({ test: found }) => (found === undefined ? [] : [found]));
  const [file = "", title = ""] = row ?? [];
  expect(missing([file, title])).toEqual([]);
  expect(missing([`${file}x`, title])).toHaveLength(1);
  expect(missing([file, `${title} `])).toHaveLength(1);
  expect(missing([file, title, "no such row", "nor this one"])).toHaveLength(2);
});

test("titles are found in every form of a test", () => {
  const found = testsIn(
    [
      'const ROWS = [["in a constant"]];',
      'describe("group", () => { it("plain", () => {}); });',
      'it.each([["row", 1]])("with %s", () => {});',
      'test.each<[string]>(ROWS)("of %s", () => {});',
      "test(`counts $" + "{N}`, () => {});",
      'test.skipIf(true)("perhaps", () => {});',
      'expect("no title", () => {});',
    ].join("\n"),
  );
  expect([...found.keys()]).toEqual(["group", "plain", "with %s", "of %s", "counts %s", "perhaps"]);
  expect(found.get("group")).toContain("plain");
  expect(found.get("with %s")).toContain("row");
  expect(found.get("of %s")).toContain("in a constant");
  expect(found.get("plain")).not.toContain("row");
});

test("no case stands twice, and each names the peer's own test", () => {
  const names = PEER_CASES.map((row) => row.case);
  expect(names).toEqual([...new Set(names)]);
  const sources = PEERS.flatMap(({ repository, cases }) => Object.keys(cases).map((path) => `${repository} ${path}`));
  expect(sources.filter((source) => !/^[\w-]+\/[\w-]+ [\w@./-]+(test|spec|tests?)[\w.]*$/i.test(source))).toEqual([]);
});

test("most cases of peers apply", () => {
  const applying = PEER_CASES.filter((row) => row.test !== undefined).length;
  const [others, differing] = [PEER_CASES.length - applying, PEER_DIFFERENCES.length];
  process.stdout.write(`the tests of peers: ${applying} cases apply, ${differing} of them differ; ${others} do not\n`);
  expect(applying).toBeGreaterThan(others);
});
