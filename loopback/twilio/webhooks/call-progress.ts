/**
 * Reports of a call's progress to its status callback.
 * Source: https://www.twilio.com/docs/voice/api/call-resource#statuscallbackevent
 */

import { type CallResource, PROGRESS_EVENTS, type ProgressEvent, type Stored } from "../records.ts";
import type { TwilioState } from "../state.ts";
import { apiDate } from "../values.ts";
import { deliver } from "./deliver.ts";
import { statusCallbackOf } from "./endpoints.ts";
import { callParams } from "./event-params.ts";
import type { WebhookAttempt, WebhookParams, WebhookSource } from "./webhook.ts";

/** A report of an event. */
export interface Progress {
  readonly event: ProgressEvent;
  /** Its `CallStatus`. */
  readonly status: string;
  /** Further parameters. They replace default ones of the same name. */
  readonly params?: WebhookParams;
}

/**
 * Reports an event to the call's status callback, if there is one and it is subscribed to the event. Two kinds of callback get only
 * the end: a number's, and that of an outbound call created without events. A status callback has no fallback.
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

/** The events that a call with this end did not reach. */
const NOT_REACHED: Readonly<Record<string, readonly ProgressEvent[]>> = {
  busy: ["ringing", "answered"],
  failed: ["ringing", "answered"],
  "no-answer": ["answered"],
  canceled: ["answered"],
};

/** The call's subscribed events, without those it did not reach, in the order in which they happen. */
function askedEvents({ resource, params }: Stored<CallResource>): readonly ProgressEvent[] {
  const asked = resource.direction === "inbound" ? undefined : params.StatusCallbackEvent;
  const names = asked === undefined ? ["completed"] : [asked].flat();
  const notReached = NOT_REACHED[resource.status] ?? [];
  return PROGRESS_EVENTS.filter((event) => names.includes(event) && !notReached.includes(event));
}
