/** Waiting for asynchronous effects. */
import { vi } from "vitest";

/** Repeats an assertion until it holds. It fails with the assertion's own error after a generous time-out. */
export function eventually(assertion: () => unknown): Promise<unknown> {
  return vi.waitFor(assertion, { timeout: 30_000, interval: 10 });
}
