/** Waiting for what happens by itself. */
import { vi } from "vitest";

/** Repeats an assertion until it holds. It fails with the assertion's error, and only where that takes far longer than it can. */
export function eventually(assertion: () => unknown): Promise<unknown> {
  return vi.waitFor(assertion, { timeout: 30_000, interval: 10 });
}
