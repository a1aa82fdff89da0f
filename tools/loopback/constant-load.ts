/** A load of requests that goes on while something else happens. */

/** How many ask at once. */
const ASKERS = 4;

/**
 * Asks over and over. What it gives back stops that, and says each distinct answer.
 */
export function startConstantLoad<Answer>(ask: () => Promise<Answer>): () => Promise<Set<Answer>> {
  const answers = new Set<Answer>();
  const stopped = new AbortController();
  const asking = Array.from({ length: ASKERS }, async () => {
    while (!stopped.signal.aborted) answers.add(await ask());
  });
  return async () => {
    stopped.abort();
    await Promise.all(asking);
    return answers;
  };
}
