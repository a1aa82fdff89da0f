/** The pace at which a body must arrive, so that nobody can hold many bodies open at once. */

/** The time in which a body may arrive at any rate, in milliseconds. */
export const GRACE_MS = 1_000;

/** The longest time for a body, in milliseconds. A later one could not be answered within 5 seconds (docs/domain.md#how-its-used). */
export const LONGEST_MS = 4_000;

/** The lowest rate after {@link GRACE_MS}. A call with a few hundred bytes may stall for two seconds; nobody can go on like this for long. */
export const MIN_BYTES_PER_SECOND = 50;

/** A body that is arriving. */
export interface Arrival {
  /** The number of bytes so far. */
  readonly received: number;
  /** The length that the head declares, if it does. */
  readonly declared: number | undefined;
  readonly elapsedMs: number;
}

/**
 * Whether a body arrives too slowly. After {@link GRACE_MS} it must keep to {@link MIN_BYTES_PER_SECOND}, and to the rate at which a body of its declared
 * length takes {@link LONGEST_MS}.
 */
export function isTooSlow({ received, declared = 0, elapsedMs }: Arrival): boolean {
  if (elapsedMs <= GRACE_MS) return false;
  if (elapsedMs > LONGEST_MS) return true;
  const bytesPerSecond = Math.max(MIN_BYTES_PER_SECOND, (declared * 1_000) / LONGEST_MS);
  return received < (bytesPerSecond * (elapsedMs - GRACE_MS)) / 1_000;
}
