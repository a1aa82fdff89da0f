/** Compares two texts line by line. */
import { styleText } from "node:util";

/** A line of either text, or of both. */
export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** The number of unchanged lines shown before and after a change. */
const CONTEXT = 2;

const MARKS = { same: " ", removed: "-", added: "+" } as const;

/** The lines of both texts in order. As many lines as possible count as common. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, young] = [before.split("\n"), after.split("\n")];
  const lengths = commonLengths(old, young);
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  while (a < old.length || b < young.length) {
    const [removed, added] = [old[a], young[b]];
    if (removed !== undefined && removed === added) {
      lines.push({ kind: "same", text: removed });
      a += 1;
      b += 1;
    } else if (
      removed !== undefined &&
      (added === undefined || lengthAt(lengths, a + 1, b) >= lengthAt(lengths, a, b + 1))
    ) {
      lines.push({ kind: "removed", text: removed });
      a += 1;
    } else {
      lines.push({ kind: "added", text: added ?? "" });
      b += 1;
    }
  }
  return lines;
}

/** The changed lines with the lines around them, for a terminal. Empty if nothing changes. */
export function shownDiff(name: string, before: string, after: string): string {
  const lines = lineDiff(before, after);
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ kind }) => kind !== "same");
  const shown = lines.flatMap((line, index) => {
    if (!isNear(index)) return [];
    const isFirst = index === 0 || !isNear(index - 1);
    return [...(isFirst ? [`@@ ${name}, line ${lineNumber(lines, index)} @@`] : []), inColour(line)];
  });
  return shown.join("\n");
}

/** The line's number in the old text, from 1. */
function lineNumber(lines: readonly DiffLine[], index: number): number {
  return lines.slice(0, index).filter(({ kind }) => kind !== "added").length + 1;
}

function inColour({ kind, text }: DiffLine): string {
  const line = `${MARKS[kind]}${text}`;
  if (kind === "same") return line;
  return styleText(kind === "added" ? "green" : "red", line);
}

/** `lengths[a][b]` is the number of lines that the rest of `old` from `a` and the rest of `young` from `b` have in common. */
function commonLengths(old: readonly string[], young: readonly string[]): number[][] {
  const lengths: number[][] = Array.from({ length: old.length + 1 }, () => Array(young.length + 1).fill(0));
  for (let a = old.length - 1; a >= 0; a -= 1) {
    for (let b = young.length - 1; b >= 0; b -= 1) {
      const best =
        old[a] === young[b]
          ? lengthAt(lengths, a + 1, b + 1) + 1
          : Math.max(lengthAt(lengths, a + 1, b), lengthAt(lengths, a, b + 1));
      lengths[a]?.splice(b, 1, best);
    }
  }
  return lengths;
}

function lengthAt(lengths: readonly (readonly number[])[], a: number, b: number): number {
  return lengths[a]?.[b] ?? 0;
}
