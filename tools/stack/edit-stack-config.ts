/** Changes of a stack's config file that leave everything else in it as it stands. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Document, isScalar, parse, parseDocument, Scalar } from "yaml";
import { UserError } from "../cli/run-tool.ts";
import { lineDiff } from "./line-diff.ts";

/** One value to set; undefined removes it. */
export interface ConfigEdit {
  /** From the map `config` on: `["hub:numbers", 0, "sid"]`. */
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** How files are written: long lines stay whole, with the file's own indentation and blanks. */
const FORMATS = [2, 4].flatMap((indent) =>
  [true, false].flatMap((indentSeq) =>
    [false, true].map((flowCollectionPadding) => ({ lineWidth: 0, indent, indentSeq, flowCollectionPadding })),
  ),
);

/** The engine's YAML reads a plain date or moment as a time. */
const DATE = /^\d{4}-\d\d-\d\d(T|$)/;

/**
 * The text of a config file with some values set. Comments, blank lines and the format of every other line stay as they are.
 *
 * @param source the file's name, for the message
 * @throws UserError where the text is no YAML
 */
export function editedStackConfig(text: string, source: string, edits: readonly ConfigEdit[]): string {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new UserError(`${source}: not YAML (${problem.message.split("\n")[0]}); mend it first`, { cause: problem });
  }
  const format = formatOf(document, text);
  const before = document.toString(format);
  for (const { path, value } of edits) setValue(document, ["config", ...path], value);
  const after = document.toString(format);
  const edited = withChangedLines(text, before, after);
  return isDeepStrictEqual(parsed(edited), parse(after)) ? edited : after;
}

/**
 * Reads a config file as it stands.
 *
 * @throws UserError where it is missing
 */
export function readStackText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new UserError(`${basename(file)}: no such stack config; write it, or name another stack with --stack`, {
      cause,
    });
  });
}

/**
 * Replaces a config file, whole or not at all.
 *
 * @throws UserError where it cannot be written
 */
export async function writeStackText(file: string, text: string): Promise<void> {
  const next = `${file}.${process.pid}.new`;
  try {
    await writeFile(next, text);
    await rename(next, file);
  } catch (cause) {
    throw new UserError(`${basename(file)} cannot be written; look at who may write in its folder`, { cause });
  }
}

function setValue(document: Document, path: readonly (string | number)[], value: unknown): void {
  if (value === undefined) {
    document.deleteIn(path);
    return;
  }
  const found = document.getIn(path, true);
  if (isScalar(found)) {
    // The comment beside it stays.
    found.value = value;
    if (isDate(value)) found.type = Scalar.QUOTE_DOUBLE;
    return;
  }
  const node = document.createNode(value);
  if (isScalar(node) && isDate(value)) node.type = Scalar.QUOTE_DOUBLE;
  document.setIn(path, node);
}

function isDate(value: unknown): boolean {
  return typeof value === "string" && DATE.test(value);
}

/** The format whose rendering is the nearest to the text. */
function formatOf(document: Document, text: string) {
  const changes = (format: (typeof FORMATS)[number]) =>
    lineDiff(text, document.toString(format)).filter(({ kind }) => kind !== "same").length;
  return FORMATS.map((format) => ({ format, count: changes(format) })).toSorted((a, b) => a.count - b.count)[0]?.format;
}

/**
 * The text with the lines that differ between two renderings of it. A rendering puts blanks and quotes its own way; where it has another number
 * of lines than the text, it is taken as it is.
 */
function withChangedLines(text: string, before: string, after: string): string {
  const given = text.split("\n");
  if (given.length !== before.split("\n").length) return after;
  let next = 0;
  return lineDiff(before, after)
    .flatMap((line) => {
      if (line.kind === "added") return [line.text];
      next += 1;
      return line.kind === "same" ? given.slice(next - 1, next) : [];
    })
    .join("\n");
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
