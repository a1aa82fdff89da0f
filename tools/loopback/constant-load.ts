/** A load of requests that continues while something else happens. */

/** The number of requests under way at once. */
const CLIENTS = 4;

/**
 * Sends requests over and over, four at a time.
 *
 * @returns a function that stops the load and returns each distinct answer; it rejects if a request did
 */
export function startConstantLoad<Answer>(send: () => Promise<Answer>): () => Promise<Set<Answer>> {
  const answers = new Set<Answer>();
  const stopped = new AbortController();
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!stopped.signal.aborted) answers.add(await send());
  });
  return async () => {
    stopped.abort();
    await Promise.all(clients);
    return answers;
  };
}
