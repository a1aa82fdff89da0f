/** The URLs to which the events of numbers and calls go. */
import type { IncomingPhoneNumber } from "../incoming-phone-number.ts";
import type { MessagingService } from "../messaging-records.ts";
import type { CallResource, Stored } from "../records.ts";
import { numberOf, type TwilioState } from "../state.ts";

/** A URL and its HTTP method. An empty URL is not called. */
export interface Endpoint {
  readonly url: string;
  readonly method: string;
}

/** The URL for a number's inbound calls, and its fallback. */
export function voiceEndpoints(number: IncomingPhoneNumber): readonly [Endpoint, Endpoint] {
  return [{ url: number.voice_url, method: number.voice_method }, voiceFallback(number)];
}

/** The URL for a number's inbound texts, and its fallback. */
export function smsEndpoints(number: IncomingPhoneNumber): readonly [Endpoint, Endpoint] {
  return [
    { url: number.sms_url, method: number.sms_method },
    { url: number.sms_fallback_url, method: number.sms_fallback_method },
  ];
}

/** The URL for the inbound texts of a messaging service, and its fallback. */
export function serviceEndpoints(service: MessagingService): readonly [Endpoint, Endpoint] {
  return [
    { url: service.inbound_request_url ?? "", method: service.inbound_method },
    { url: service.fallback_url ?? "", method: service.fallback_method },
  ];
}

/** The URL for a turn whose own URL fails: the number's fallback for an inbound call, the call's own for an outbound one. */
export function fallbackOf(state: TwilioState, { resource, params }: Stored<CallResource>): Endpoint {
  return resource.direction === "inbound" ? voiceFallback(ownNumber(state, resource.to)) : createdFallback(params);
}

/** The URL that an outbound call fetches once it is answered, and its fallback. The URL is empty if the call was created with TwiML. */
export function callUrlsOf({ params }: Stored<CallResource>): readonly [Endpoint, Endpoint] {
  return [{ url: single(params.Url, ""), method: single(params.Method, "POST") }, createdFallback(params)];
}

/** The status callback of a call: the number's for an inbound call, the call's own for an outbound one. */
export function statusCallbackOf(state: TwilioState, { resource, params }: Stored<CallResource>): Endpoint {
  if (resource.direction !== "inbound") {
    return { url: single(params.StatusCallback, ""), method: single(params.StatusCallbackMethod, "POST") };
  }
  const number = ownNumber(state, resource.to);
  return { url: number.status_callback, method: number.status_callback_method };
}

/**
 * Finds the account's number by its E.164 number.
 *
 * @throws Error if the account does not have it
 */
export function ownNumber(state: TwilioState, phoneNumber: string): IncomingPhoneNumber {
  const number = numberOf(state, phoneNumber);
  if (number === undefined) throw new Error(`the account has no number ${phoneNumber}`);
  return number;
}

function voiceFallback(number: IncomingPhoneNumber): Endpoint {
  return { url: number.voice_fallback_url, method: number.voice_fallback_method };
}

function createdFallback(params: Stored<CallResource>["params"]): Endpoint {
  return { url: single(params.FallbackUrl, ""), method: single(params.FallbackMethod, "POST") };
}

/** The value of a parameter that is given exactly once, or else the default. */
export function single(value: string | readonly string[] | undefined, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
