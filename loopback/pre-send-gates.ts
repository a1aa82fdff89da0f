/**
 * Pre-send gates that let every text pass. They exist here alone: for the demo and the tests, where a text goes no further than the loopback
 * cloud.
 */

const pass = async () => ({ passed: true }) as const;

/** One gate under each name of the handler's five (docs/domain.md#pre-send-gates). */
export const PASSING_GATES = Object.freeze({
  "gate-computer": pass,
  "compliance-gate": pass,
  "blast-safety": pass,
  "thread-context": pass,
  "response-generator": pass,
});
