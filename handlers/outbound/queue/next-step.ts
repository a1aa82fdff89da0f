/** Decides a request's next state from Twilio's answer. */
import { type Backoff, backoffMs } from "../../worker/retry.ts";
import type { CreateOutcome } from "../send/twilio-answer.ts";
import type { OutboundRow, Step, TurnEnd } from "./request-state.ts";

/** A step, and how the turn ends. */
export interface NextStep {
  readonly step: Step;
  readonly end: TurnEnd;
}

/** The pauses of a request, in milliseconds. */
export interface Pauses {
  /** Before it is sent again after a 429. */
  readonly limited: Backoff;
  /** Before Twilio is first asked about it, if it must not be sent again. */
  readonly firstCheckMs: number;
}

/** How many retries follow a 429 (docs/domain.md#rate-limit-action). */
const RETRIES = 3;

/** The pauses while Twilio cannot be reached. */
const UNSENT_BACKOFF: Backoff = { fromMs: 1_000, toMs: 30_000 };

const DONE: TurnEnd = { end: true };

/**
 * Returns the step for an outcome, and how the turn ends.
 *
 * @param row the row while the request is under way
 * @param turns how many turns the request has had, at least 1
 */
export function nextStep(row: OutboundRow, outcome: CreateOutcome, turns: number, pauses: Pauses): NextStep {
  switch (outcome.kind) {
    case "created":
      return { step: { state: "sent", sid: outcome.sid, limited: 0 }, end: DONE };
    case "refused":
      return { step: { state: "failed", reason: `Twilio refused it: ${outcome.reason}` }, end: DONE };
    case "unsent": {
      const step = { state: "queued", reason: `not sent: ${outcome.reason}`, limited: 0 } as const;
      return { step, end: { pauseMs: backoffMs(turns, UNSENT_BACKOFF) } };
    }
    case "unknown": {
      const step = { state: "unknown", doubt: "unanswered", reason: outcome.reason } as const;
      return { step, end: { pauseMs: pauses.firstCheckMs } };
    }
    case "limited":
      return afterLimit(row.limited + 1, outcome.afterMs ?? 0, pauses.limited);
  }
}

/** Twilio did not take the request. It stays its number's next one, or fails after the last retry. */
function afterLimit(limited: number, askedMs: number, backoff: Backoff): NextStep {
  if (limited > RETRIES) {
    const reason = `Twilio answered 429 to the request and to ${RETRIES} retries`;
    return { step: { state: "failed", reason, limited }, end: DONE };
  }
  const step = { state: "queued", reason: "Twilio answered 429", limited } as const;
  return { step, end: { pauseMs: Math.max(askedMs, backoffMs(limited, backoff)) } };
}
