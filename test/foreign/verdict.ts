/** A foreign judge's verdict on this product. */
import { expect } from "vitest";
import { DIFFERENCES, type Judge } from "./differences.ts";

/** The cases that a judge was asked about. */
export interface Verdict {
  /** The number of cases. */
  readonly tried: number;
  /** The names of the cases that the judge decides otherwise than this product. A name stands once for each case of its kind. */
  readonly differing: Iterable<string>;
}

/**
 * Prints a judge's verdict in one line, and checks it with {@link requireKnown}.
 *
 * @throws AssertionError as {@link requireKnown} does
 */
export function settle(judge: Judge, verdict: Verdict): void {
  const [tried, differing] = [verdict.tried, [...verdict.differing].length];
  process.stdout.write(`${judge}: ${tried} cases tried, ${tried - differing} passed, ${differing} differ\n`);
  requireKnown(judge, verdict);
}

/**
 * Holds a judge's verdict against the table of differences.
 *
 * @throws AssertionError if a case differs without a row in the table, if a row is no longer a difference, or if nothing was tried
 */
export function requireKnown(judge: Judge, { tried, differing }: Verdict): void {
  expect(tried).toBeGreaterThan(0);
  const known = DIFFERENCES.filter((row) => row.judge === judge).map((row) => row.case);
  expect([...new Set(differing)].sort()).toEqual([...known].sort());
}

/** The end of a test's name if the machine lacks the judge. Empty if it has it. */
export function lacking(program: string, isThere: boolean): string {
  return isThere ? "" : ` (skipped: this machine has no ${program})`;
}
