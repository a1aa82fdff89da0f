/**
 * Comments and pages keep to plain English. The words below are the marks of sentences that a reader has to read twice; a text inside quotation
 * marks or backticks may quote them. The domain document is a quotation as a whole.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { PROJECT } from "../tools/cli/paths.ts";
import { projectFiles } from "./support/rules/project-files.ts";

/** A word or a beginning to avoid, and what to write instead. */
const AVOIDED: readonly (readonly [RegExp, string])[] = [
  [/\bmend(s|ed|ing)?\b/i, 'write "fix"'],
  [/\bis none\b/, 'write "is not a …"'],
  [/\bas which\b/, "name the noun"],
  [/\bbesides\b/i, 'write "also"'],
  [/\bwhoever\b/i, "name the person"],
  [/^(What|Who|One) (?!.*\?)/, "begin with the subject"],
];

const withoutQuotations = (line: string) => line.replaceAll(/`[^`]*`|"[^"]*"|“[^”]*”/g, "…");

/** A line of prose that should be written otherwise, with its place. */
function problemsIn(file: string, lines: readonly (readonly [number: number, text: string])[]): string[] {
  return lines.flatMap(([number, line]) => {
    const remedies = AVOIDED.filter(([words]) => words.test(withoutQuotations(line))).map(([, remedy]) => remedy);
    return remedies.map((remedy) => `${file}:${number}: ${line} (${remedy})`);
  });
}

/** Each line of each comment, without its marks. */
function commentLines(text: string): [number, string][] {
  const source = ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true);
  const comments = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ];
    for (const { pos, end } of ranges) comments.set(pos, text.slice(pos, end));
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...comments].flatMap(([pos, comment]) =>
    comment
      .split("\n")
      .map((line, index): [number, string] => [
        source.getLineAndCharacterOfPosition(pos).line + 1 + index,
        line.replace(/^\s*(\/\*\*?|\*\/|\*|\/\/)\s?/, "").replace(/\s*\*\/$/, ""),
      ]),
  );
}

/** Each line of a page outside its code blocks. */
function pageLines(text: string): [number, string][] {
  let isCode = false;
  return text.split("\n").flatMap((line, index): [number, string][] => {
    if (/^\s*```/.test(line)) isCode = !isCode;
    return isCode ? [] : [[index + 1, line]];
  });
}

const tracked = (pattern: RegExp) => projectFiles((file) => pattern.test(file));

const read = (file: string) => readFileSync(join(PROJECT, file), "utf8");

test("no comment has a word of the list", () => {
  const files = tracked(/\.ts$/);
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap((file) => problemsIn(file, commentLines(read(file))))).toEqual([]);
});

test("no page has a word of the list", () => {
  const pages = tracked(/\.md$/).filter((page) => page !== "docs/domain.md");
  expect(pages.flatMap((page) => problemsIn(page, pageLines(read(page))))).toEqual([]);
});

test("no message has a word of the list", () => {
  const files = tracked(/^(hub|infra|handlers|policies|tools|loopback|bench)\/.*(?<!\.test|\.cases)\.ts$/);
  const messages = (text: string) =>
    [...text.matchAll(/(["`])(?:[^"`\\\n]|\\.)*\1/g)].map(([literal], index): [number, string] => [
      index,
      literal.slice(1, -1),
    ]);
  const words = AVOIDED.slice(0, 5);
  const found = files.flatMap((file) =>
    messages(read(file)).flatMap(([, message]) =>
      words.some(([word]) => word.test(message) && /\s/.test(message)) ? [`${file}: ${message}`] : [],
    ),
  );
  expect(found).toEqual([]);
});

test.each([
  ["/** What a caller hears. */", 1],
  ["// Mend it, whoever you are.", 2],
  ["const a = 1; // a type that is none", 1],
  ["/**\n * Says it.\n * One that waits.\n */\nexport const a = 1;", 1],
  ['/** Called "besides" by the vendor, and `as which`. */', 0],
  ["// What if the reader asks?", 0],
  ['const text = "// besides";', 0],
])("of the source %j the check finds %i", (text, count) => {
  expect(problemsIn("a.ts", commentLines(text))).toHaveLength(count);
});
