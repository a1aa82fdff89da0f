/** What Twilio's answer makes of a request. */
import { type Backoff, backoffMs } from "../../work/retry.ts";
import type { CreateOutcome } from "../send/twilio-answer.ts";
import type { OutboundRow, Step, TurnEnd } from "./request-state.ts";

/** A step, and when the request's turn comes again. */
export interface NextStep {
  readonly step: Step;
  readonly end: TurnEnd;
}

/** The pauses of a request that may be sent again, and before Twilio is asked about one that may not, in milliseconds. */
export interface Pauses {
  /** After 429. */
  readonly limited: Backoff;
  readonly firstCheckMs: number;
}

/** How many more tries follow a 429 (docs/domain.md#rate-limit-action). */
const RETRIES = 3;

/** While there is no way to Twilio. */
const UNSENT_BACKOFF: Backoff = { fromMs: 1_000, toMs: 30_000 };

const DONE: TurnEnd = { end: true };

/**
 * @param row as it is while the request is under way
 * @param turns how many turns the request had, from 1
 */
export function nextStep(row: OutboundRow, outcome: CreateOutcome, turns: number, pauses: Pauses): NextStep {
  switch (outcome.kind) {
    case "created":
      return { step: { state: "sent", sid: outcome.sid, limited: 0 }, end: DONE };
    case "refused":
      return { step: { state: "failed", reason: `Twilio refused it: ${outcome.reason}` }, end: DONE };
    case "unsent": {
      const step = { state: "queued", reason: `it did not leave: ${outcome.reason}`, limited: 0 } as const;
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

/** The request was not taken. It stays its number's next one. */
function afterLimit(limited: number, askedMs: number, backoff: Backoff): NextStep {
  if (limited > RETRIES) {
    const reason = `Twilio answered 429 to the request and to ${RETRIES} more`;
    return { step: { state: "failed", reason, limited }, end: DONE };
  }
  const step = { state: "queued", reason: "Twilio answered 429", limited } as const;
  return { step, end: { pauseMs: Math.max(askedMs, backoffMs(limited, backoff)) } };
}
