/**
 * Pre-send gates that pass every text. They exist only here, for the demo and the tests, in which a text never leaves the loopback cloud.
 */

const pass = async () => ({ passed: true }) as const;

/** A passing gate for each of the handler's five gates (docs/domain.md#pre-send-gates). */
export const PASSING_GATES = Object.freeze({
  "gate-computer": pass,
  "compliance-gate": pass,
  "blast-safety": pass,
  "thread-context": pass,
  "response-generator": pass,
});
