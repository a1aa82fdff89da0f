/** The number of jobs at the same time. */
const AT_ONCE = 8;

/** Does jobs, a few at a time, and returns their results in the jobs' order. */
export async function inTurns<Result>(jobs: readonly (() => Promise<Result>)[]): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = jobs.entries();
  const work = async () => {
    for (const [index, job] of waiting) results[index] = await job();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}
