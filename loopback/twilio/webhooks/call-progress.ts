/**
 * Reporting how a call goes.
 * Source: https://www.twilio.com/docs/voice/api/call-resource#statuscallbackevent
 */

import { type CallResource, PROGRESS_EVENTS, type ProgressEvent, type Stored } from "../records.ts";
import type { TwilioState } from "../state.ts";
import { apiDate } from "../values.ts";
import { deliver } from "./deliver.ts";
import { statusCallbackOf } from "./endpoints.ts";
import { callParams } from "./event-params.ts";
import type { WebhookAttempt, WebhookParams, WebhookSource } from "./webhook.ts";

/** What is reported. */
export interface Progress {
  readonly event: ProgressEvent;
  /** The `CallStatus` that goes with it. */
  readonly status: string;
  /** Further parameters. */
  readonly params?: WebhookParams;
}

/**
 * Reports an event to the call's status callback, where it has one and the event was asked for. A number's status callback, and that of a
 * call which names no event, are told of the end alone. A status callback has no fallback.
 */
export async function reportProgress(
  state: TwilioState,
  source: WebhookSource,
  call: Stored<CallResource>,
  { event, status, params }: Progress,
): Promise<WebhookAttempt[]> {
  const sequence = askedEvents(call).indexOf(event);
  if (sequence === -1) return [];
  const reported = {
    ...callParams(call.resource),
    CallStatus: status,
    CallbackSource: "call-progress-events",
    SequenceNumber: String(sequence),
    Timestamp: apiDate(new Date()),
    ...params,
  };
  return deliver(source, [statusCallbackOf(state, call)], reported);
}

/** What did not happen in a call that nobody answered. */
const NOT_REACHED: Readonly<Record<string, readonly ProgressEvent[]>> = {
  busy: ["ringing", "answered"],
  failed: ["ringing", "answered"],
  "no-answer": ["answered"],
  canceled: ["answered"],
};

/** In the order in which they happen. */
function askedEvents({ resource, params }: Stored<CallResource>): readonly ProgressEvent[] {
  const asked = resource.direction === "inbound" ? undefined : params.StatusCallbackEvent;
  const names = asked === undefined ? ["completed"] : [asked].flat();
  const notReached = NOT_REACHED[resource.status] ?? [];
  return PROGRESS_EVENTS.filter((event) => names.includes(event) && !notReached.includes(event));
}
