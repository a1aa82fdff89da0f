/**
 * All events of an account. Each goes to the URL in the number's stored fields or in the call's TwiML.
 * Sources: https://www.twilio.com/docs/usage/webhooks/voice-webhooks, https://www.twilio.com/docs/usage/webhooks/messaging-webhooks and, for texts to
 * a number in a sender pool, https://www.twilio.com/docs/messaging/api/service-resource
 */

import { newCall } from "../api/calls-api.ts";
import { newMessage } from "../api/messages-api.ts";
import { overrideOf } from "../incoming-phone-number.ts";
import { serviceOf } from "../registrations/messaging-service.ts";
import type { TwilioState } from "../state.ts";
import { apiDate } from "../values.ts";
import { type CallEvents, callEvents } from "./call-events.ts";
import { type Delivery, deliver, isAnswered } from "./deliver.ts";
import { ownNumber, serviceEndpoints, smsEndpoints, voiceEndpoints } from "./endpoints.ts";
import { callParams, textParams } from "./event-params.ts";
import { type MessageEvents, messageEvents } from "./message-events.ts";
import { type OutboundCallEvents, outboundCallEvents } from "./outbound-call-events.ts";
import { type RecordingEvents, recordingEvents } from "./recording-events.ts";
import {
  sendWebhook,
  type WebhookAttempt,
  type WebhookParams,
  type WebhookRequest,
  type WebhookSource,
} from "./webhook.ts";

/** The parties of an inbound call or text. */
export interface Inbound {
  readonly to: string;
  readonly from: string;
  /** Further parameters. They replace default ones of the same name. */
  readonly params?: WebhookParams;
}

/** Calls and texts to the account's numbers, answers to its outbound calls, and the events that follow. */
export interface AccountEvents extends CallEvents, OutboundCallEvents, RecordingEvents, MessageEvents {
  /**
   * Calls one of the account's numbers.
   *
   * @throws Error if the account does not have the number
   */
  placeCall(call: Inbound): Promise<Delivery>;
  /**
   * Texts one of the account's numbers. If the number is in the sender pool of a messaging service, the service takes the text, unless it leaves it
   * to the number. A service without a URL drops it, and the log does not have it.
   *
   * @throws Error if the account does not have the number
   */
  placeText(text: Inbound & { readonly body: string }): Promise<Delivery>;
  /** Sends a single webhook, signed as the Setting of its URL says unless it has a signature. */
  sendWebhook(webhook: WebhookRequest): Promise<WebhookAttempt>;
}

/** Makes the events of an account. Their webhooks go through the edge. */
export function accountEvents(state: TwilioState, source: WebhookSource): AccountEvents {
  return {
    ...callEvents(state, source),
    ...outboundCallEvents(state, source),
    ...recordingEvents(state, source),
    ...messageEvents(state, source),
    sendWebhook: (webhook) => sendWebhook(source, webhook),
    placeCall: (call) => placeCall(state, source, call),
    placeText: (text) => placeText(state, source, text),
  };
}

async function placeText(
  state: TwilioState,
  source: WebhookSource,
  { to, from, body, params: further }: Inbound & { readonly body: string },
): Promise<Delivery> {
  const number = ownNumber(state, to);
  const service = serviceOf(state, to);
  const resource = {
    ...newMessage(state, { to, from, body, direction: "inbound", status: "received" }),
    messaging_service_sid: service?.sid ?? null,
  };
  const { sid } = resource;
  const params = { ...textParams(resource), ...further };
  if (service === undefined || service.use_inbound_webhook_on_number) {
    state.messages.push({ resource, params });
    const takenBy = overrideOf(number, "texts");
    if (takenBy !== undefined) return { sid, attempts: [], takenBy };
    return { sid, attempts: await deliver(source, smsEndpoints(number), params) };
  }
  if (service.inbound_request_url === null) return { sid, attempts: [], takenBy: service.sid };
  state.messages.push({ resource, params });
  return { sid, attempts: await deliver(source, serviceEndpoints(service), params), takenBy: service.sid };
}

async function placeCall(state: TwilioState, source: WebhookSource, call: Inbound): Promise<Delivery> {
  const { to, from, params: further } = call;
  const number = ownNumber(state, to);
  const resource = newCall(state, { to, from, direction: "inbound", status: "ringing" });
  const params = { ...callParams(resource), ...further };
  state.calls.push({ resource, params });
  const takenBy = overrideOf(number, "calls");
  if (takenBy !== undefined) return { sid: resource.sid, attempts: [], takenBy };
  const attempts = await deliver(source, voiceEndpoints(number), params);
  // Twilio answers the call only if it has TwiML to run.
  resource.status = isAnswered(attempts) ? "in-progress" : "failed";
  resource.start_time = apiDate(new Date());
  return { sid: resource.sid, attempts };
}
