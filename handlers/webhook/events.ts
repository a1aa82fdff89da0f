/**
 * The table of webhook events. To add an event: approve its route in `hub/urls/routes.ts`, add the route's role in `hub/urls/urls.ts` if
 * Twilio is given its URL, and add its entry here. The compiler holds the three together.
 */
import type { AnsweredEvent } from "../../hub/urls/routes.ts";
import { CALL_STATUS } from "./events/call-status.ts";
import { INBOUND_CALL } from "./events/inbound-call.ts";
import { INBOUND_TEXT } from "./events/inbound-text.ts";
import { RECORDING_COMPLETE } from "./events/recording-complete.ts";
import { TEXT_STATUS } from "./events/text-status.ts";
import { TRANSCRIPTION } from "./events/transcription.ts";
import type { WebhookKind } from "./events/webhook-kind.ts";

/** Every event that the handler answers. The names are stored in the database, so they must not change. */
export const EVENTS: Readonly<Record<AnsweredEvent, WebhookKind>> = {
  "inbound-call": INBOUND_CALL,
  "call-status": CALL_STATUS,
  "recording-complete": RECORDING_COMPLETE,
  transcription: TRANSCRIPTION,
  "inbound-text": INBOUND_TEXT,
  "text-status": TEXT_STATUS,
};

/** Whether a stored name is that of an event in the table. */
export function isAnsweredEvent(name: string): name is AnsweredEvent {
  return Object.hasOwn(EVENTS, name);
}
