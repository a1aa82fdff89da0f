/** Errors that name all that is wrong at once. */

/** Several problems. Its message has a line for each where there are more than one. No problem holds a secret. */
export class ProblemsError extends Error {
  override readonly name: string = "ProblemsError";
  readonly problems: readonly string[];

  /** @param what what is wrong with them, in a few words */
  constructor(what: string, problems: readonly string[], options?: ErrorOptions) {
    const lines = problems.length === 1 ? ` ${problems[0]}` : problems.map((problem) => `\n  - ${problem}`).join("");
    super(`${what}:${lines}`, options);
    this.problems = problems;
  }
}

/** The problems of an error, each in one line: `op` may say its own in several. */
export function problemsOf(error: unknown): string[] {
  const problems =
    error instanceof ProblemsError ? error.problems : [error instanceof Error ? error.message : String(error)];
  return problems.map((problem) => problem.replace(/\s+/g, " ").trim());
}

/**
 * As `Promise.all` does, but waits for all of them. What is wrong with several is said once.
 *
 * @param wrong makes the error that is thrown, of every problem of those that failed
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
