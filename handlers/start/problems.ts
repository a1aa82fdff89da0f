/** Errors that name several problems at once. */

/** Names one or several problems; with several, the message has a line for each. No problem contains a secret. */
export class ProblemsError extends Error {
  override readonly name: string = "ProblemsError";
  readonly problems: readonly string[];

  /** @param what the failure in a few words; the problems follow it */
  constructor(what: string, problems: readonly string[], options?: ErrorOptions) {
    const lines = problems.length === 1 ? ` ${problems[0]}` : problems.map((problem) => `\n  - ${problem}`).join("");
    super(`${what}:${lines}`, options);
    this.problems = problems;
  }
}

/** The problems of an error, each in one line. The messages of `op` may have several lines. */
export function problemsOf(error: unknown): string[] {
  const problems =
    error instanceof ProblemsError ? error.problems : [error instanceof Error ? error.message : String(error)];
  return problems.map((problem) => problem.replace(/\s+/g, " ").trim());
}

/**
 * Like `Promise.all`, but waits for all of them. A problem that several share is named once.
 *
 * @param wrong makes the error from the problems of all rejected promises
 * @throws the error that `wrong` makes, if any promise rejects
 */
export async function allOf<Values extends readonly unknown[]>(
  promises: readonly [...{ [At in keyof Values]: Promise<Values[At]> }],
  wrong: (problems: readonly string[], options: ErrorOptions) => Error,
) {
  const settled = await Promise.allSettled(promises);
  const reasons = settled.flatMap((result): unknown[] => (result.status === "rejected" ? [result.reason] : []));
  if (reasons.length > 0) throw wrong([...new Set(reasons.flatMap(problemsOf))], { cause: reasons[0] });
  return Promise.all(promises);
}
