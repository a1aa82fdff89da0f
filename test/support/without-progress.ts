/** Standard error without the lines of `tools/cli/progress.ts`, which depend on how fast the machine is. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^.*, (\d+ min )?\d+ s\n/gm, "");
}
