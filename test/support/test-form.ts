/**
 * The size of a test in its usual form, or in the long form that `npm run test:slow` runs (Vitest's mode `long`). Both forms assert the same;
 * the long one repeats it more often.
 */
export function sized(usual: number, long: number): number {
  return process.env.HUB_TEST_FORM === "long" ? long : usual;
}
