/** The handler's log: one line of JSON an entry, on standard output or, for errors, on standard error. */

/** Logs what happened. The fields must hold no secret and nothing that a caller wrote. */
export function logInfo(msg: string, fields: Readonly<Record<string, string | number>> = {}): void {
  process.stdout.write(`${JSON.stringify({ level: "info", msg, ...fields })}\n`);
}

/**
 * Logs an error by its name and where it was thrown. Its message is left out: a message may quote the value that it complains of, and so a
 * body or a secret.
 */
export function logError(msg: string, error: unknown): void {
  const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined };
  const at = (stack ?? "").split("\n").map((line) => line.trim());
  const frames = at.filter((line) => line.startsWith("at "));
  process.stderr.write(`${JSON.stringify({ level: "error", msg, error: name, at: frames })}\n`);
}
