/** Edits a stack's config file without touching the rest of it. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Document, isScalar, parse, parseDocument, Scalar, visit } from "yaml";
import { UserError } from "../cli/run-tool.ts";
import { lineDiff } from "./line-diff.ts";

/** A value to set. */
export interface ConfigEdit {
  /** The path below the map `config`, for example `["hub:numbers", 0, "sid"]`. */
  readonly path: readonly (string | number)[];
  /** `undefined` removes the value. */
  readonly value: unknown;
}

/** The formats that a file may have: indentation and blanks vary, and no line is wrapped. */
const FORMATS = [2, 4].flatMap((indent) =>
  [true, false].flatMap((indentSeq) =>
    [false, true].map((flowCollectionPadding) => ({ lineWidth: 0, indent, indentSeq, flowCollectionPadding })),
  ),
);

/** A date or a time. It is quoted, because the engine's YAML parser reads an unquoted one as a timestamp. */
const DATE = /^\d{4}-\d\d-\d\d(T|$)/;

/**
 * Sets values in the text of a config file. Comments, blank lines and the format of every other line stay as they are. If the format cannot be
 * kept, the values and the comments still are.
 *
 * @param source the file's name, for the message
 * @throws UserError if the text is not YAML
 */
export function editedStackConfig(text: string, source: string, edits: readonly ConfigEdit[]): string {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new UserError(`${source}: not YAML (${problem.message.split("\n")[0]}); fix it first`, { cause: problem });
  }
  const format = formatOf(document, text);
  const before = document.toString(format);
  for (const { path, value } of edits) setValue(document, ["config", ...path], value);
  const after = document.toString(format);
  const edited = withChangedLines(text, before, after);
  return isDeepStrictEqual(parsed(edited), parse(after)) ? edited : after;
}

/**
 * Reads the text of a config file.
 *
 * @throws UserError if the file is missing
 */
export function readStackText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new UserError(`${basename(file)}: no such stack config; write it, or name another stack with --stack`, {
      cause,
    });
  });
}

/**
 * Replaces a config file in one step, so that it is never half-written.
 *
 * @throws UserError if it cannot be written
 */
export async function writeStackText(file: string, text: string): Promise<void> {
  const next = `${file}.${process.pid}.new`;
  try {
    await writeFile(next, text);
    await rename(next, file);
  } catch (cause) {
    throw new UserError(`${basename(file)} cannot be written; check the permissions of its folder`, { cause });
  }
}

function setValue(document: Document, path: readonly (string | number)[], value: unknown): void {
  if (value === undefined) {
    document.deleteIn(path);
    return;
  }
  const found = document.getIn(path, true);
  if (isScalar(found)) {
    // Changing the node in place keeps the comment beside it.
    found.value = value;
    if (isDate(value)) found.type = Scalar.QUOTE_DOUBLE;
    return;
  }
  const node = document.createNode(value);
  visit(node, {
    Scalar: (_, scalar) => {
      if (isDate(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  document.setIn(path, node);
}

function isDate(value: unknown): boolean {
  return typeof value === "string" && DATE.test(value);
}

/** The format that renders the document with the fewest changed lines. */
function formatOf(document: Document, text: string) {
  const changes = (format: (typeof FORMATS)[number]) =>
    lineDiff(text, document.toString(format)).filter(({ kind }) => kind !== "same").length;
  return FORMATS.map((format) => ({ format, count: changes(format) })).toSorted((a, b) => a.count - b.count)[0]?.format;
}

/**
 * Applies the lines that differ between two renderings to the original text, because a rendering changes blanks and quotes on every line. If the
 * renderings do not have the line count of the text, the lines cannot be matched, and the second rendering is returned.
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
