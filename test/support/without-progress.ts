/** Removes the lines of `tools/cli/progress.ts` from standard error, since they depend on the machine's speed. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^.*, (\d+ min )?\d+ s\n/gm, "");
}
