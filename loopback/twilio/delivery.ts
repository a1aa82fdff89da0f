/**
 * Calls and texts to the account's numbers, delivered exactly as the numbers' stored fields say.
 * Sources: https://www.twilio.com/docs/usage/webhooks/voice-webhooks, https://www.twilio.com/docs/usage/webhooks/messaging-webhooks and
 * https://www.twilio.com/docs/usage/security/availability-reliability
 */
import { randomUUID } from "node:crypto";
import { newCall } from "./calls-api.ts";
import { retryPolicy } from "./connection-overrides.ts";
import { callParams, completedParams, textParams } from "./event-params.ts";
import type { IncomingPhoneNumber } from "./incoming-phone-number.ts";
import { newMessage } from "./messages-api.ts";
import { numberOf, type TwilioState } from "./state.ts";
import { apiDate } from "./values.ts";
import {
  sendWebhook,
  type WebhookAttempt,
  type WebhookParams,
  type WebhookRequest,
  type WebhookSource,
  withoutFragment,
} from "./webhook.ts";

/** What came of a call or a text. */
export interface Delivery {
  /** The SID of the call or the text. */
  readonly sid: string;
  /** Every request that was sent, in order. The last one decides. None where nothing is registered. */
  readonly attempts: readonly WebhookAttempt[];
  /** The trunk or application that takes the event instead of the number's URLs. */
  readonly takenBy?: string;
}

/** Who calls or texts which number. */
export interface Inbound {
  readonly to: string;
  readonly from: string;
  /** Further parameters; they also replace those that are sent otherwise. */
  readonly params?: WebhookParams;
}

/** Places calls and texts at the account's numbers. */
export interface TwilioDelivery {
  /**
   * Places a call.
   *
   * @throws Error where the account does not have the number
   */
  placeCall(call: Inbound): Promise<Delivery>;
  /**
   * Ends a call and reports it to the number's status callback, if it has one. A status callback has no fallback.
   *
   * @throws Error where there is no such call
   */
  completeCall(callSid: string, seconds?: number): Promise<Delivery>;
  /**
   * Sends a text.
   *
   * @throws Error where the account does not have the number
   */
  placeText(text: Inbound & { readonly body: string }): Promise<Delivery>;
  /** Sends a single webhook, signed as the account unless a signature is given. */
  sendWebhook(webhook: WebhookRequest): Promise<WebhookAttempt>;
}

interface Endpoint {
  readonly url: string;
  readonly method: string;
}

/** Delivers the events of an account through the edge. */
export function twilioDelivery(state: TwilioState, source: WebhookSource): TwilioDelivery {
  return {
    sendWebhook: (webhook) => sendWebhook(source, webhook),
    placeCall: async ({ to, from, params: further }) => {
      const number = ownNumber(state, to);
      const resource = newCall(state, { to, from, direction: "inbound", status: "ringing" });
      const params = { ...callParams(resource), ...further };
      state.calls.push({ resource, params });
      const takenBy = number.trunk_sid || number.voice_application_sid;
      if (takenBy) return { sid: resource.sid, attempts: [], takenBy };
      const attempts = await deliver(source, voiceEndpoints(number), params);
      // Twilio answers the call when it has TwiML to play, and gives up on it otherwise.
      resource.status = isAnswered(attempts) ? "in-progress" : "failed";
      resource.start_time = apiDate(new Date());
      return { sid: resource.sid, attempts };
    },
    completeCall: (callSid, seconds = 10) => complete(state, source, callSid, seconds),
    placeText: async ({ to, from, body, params: further }) => {
      const number = ownNumber(state, to);
      const resource = newMessage(state, { to, from, body, direction: "inbound", status: "received" });
      const params = { ...textParams(resource), ...further };
      state.messages.push({ resource, params });
      const takenBy = number.sms_application_sid;
      if (takenBy) return { sid: resource.sid, attempts: [], takenBy };
      return { sid: resource.sid, attempts: await deliver(source, smsEndpoints(number), params) };
    },
  };
}

function ownNumber(state: TwilioState, phoneNumber: string): IncomingPhoneNumber {
  const number = numberOf(state, phoneNumber);
  if (number === undefined) throw new Error(`the account has no number ${phoneNumber}`);
  return number;
}

async function complete(state: TwilioState, source: WebhookSource, sid: string, seconds: number): Promise<Delivery> {
  const call = state.calls.find(({ resource }) => resource.sid === sid)?.resource;
  if (call === undefined) throw new Error(`the account has no call ${sid}`);
  const now = new Date();
  Object.assign(call, { status: "completed", duration: String(seconds), end_time: apiDate(now) });
  const { status_callback: url, status_callback_method: method } = ownNumber(state, call.to);
  return { sid, attempts: await deliver(source, [{ url, method }], completedParams(call, seconds, now)) };
}

function voiceEndpoints(number: IncomingPhoneNumber): Endpoint[] {
  return [
    { url: number.voice_url, method: number.voice_method },
    { url: number.voice_fallback_url, method: number.voice_fallback_method },
  ];
}

function smsEndpoints(number: IncomingPhoneNumber): Endpoint[] {
  return [
    { url: number.sms_url, method: number.sms_method },
    { url: number.sms_fallback_url, method: number.sms_fallback_method },
  ];
}

/** Calls the primary URL, with the retries that its fragment asks for, and after a failure the fallback URL with the error. */
async function deliver(source: WebhookSource, endpoints: Endpoint[], params: WebhookParams): Promise<WebhookAttempt[]> {
  const [primary, fallback] = endpoints;
  if (primary === undefined || primary.url === "") return [];
  // One token for all attempts of one event: that is how Twilio lets a receiver tell a repeat.
  const headers = { "I-Twilio-Idempotency-Token": randomUUID() };
  const attempts = await withRetries(source, { ...primary, params, headers });
  if (isAnswered(attempts) || fallback === undefined || fallback.url === "") return attempts;
  // https://www.twilio.com/docs/api/errors/11200
  const failure = { ErrorCode: "11200", ErrorUrl: withoutFragment(primary.url) };
  return [...attempts, ...(await withRetries(source, { ...fallback, params: { ...params, ...failure }, headers }))];
}

async function withRetries(source: WebhookSource, webhook: WebhookRequest): Promise<WebhookAttempt[]> {
  const policy = retryPolicy(webhook.url);
  const attempts = [await sendWebhook(source, webhook)];
  let last = attempts[0];
  while (last && hasFailed(last) && attempts.length <= policy.retries && policy.covers(last)) {
    last = await sendWebhook(source, webhook);
    attempts.push(last);
  }
  return attempts;
}

function isAnswered(attempts: readonly WebhookAttempt[]): boolean {
  const last = attempts.at(-1);
  return last !== undefined && !hasFailed(last);
}

function hasFailed({ status }: WebhookAttempt): boolean {
  return status === undefined || status >= 400;
}
