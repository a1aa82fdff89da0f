/** Where the events of numbers and calls go. */
import type { IncomingPhoneNumber } from "../incoming-phone-number.ts";
import type { CallResource, Stored } from "../records.ts";
import { numberOf, type TwilioState } from "../state.ts";

/** A URL that is called, and how. An empty one is not called. */
export interface Endpoint {
  readonly url: string;
  readonly method: string;
}

/** What an incoming call is brought to: the number's URL, and its fallback. */
export function voiceEndpoints(number: IncomingPhoneNumber): readonly [Endpoint, Endpoint] {
  return [{ url: number.voice_url, method: number.voice_method }, voiceFallback(number)];
}

/** What an incoming text is brought to: the number's URL, and its fallback. */
export function smsEndpoints(number: IncomingPhoneNumber): readonly [Endpoint, Endpoint] {
  return [
    { url: number.sms_url, method: number.sms_method },
    { url: number.sms_fallback_url, method: number.sms_fallback_method },
  ];
}

/** What a call's turn is brought to where its own URL fails: the number's fallback, or the one that the call was created with. */
export function fallbackOf(state: TwilioState, { resource, params }: Stored<CallResource>): Endpoint {
  return resource.direction === "inbound" ? voiceFallback(ownNumber(state, resource.to)) : createdFallback(params);
}

/** What an outbound call does once it is answered: the URL that it was created with, and its fallback. Empty where it was given TwiML. */
export function callUrlsOf({ params }: Stored<CallResource>): readonly [Endpoint, Endpoint] {
  return [{ url: single(params.Url, ""), method: single(params.Method, "POST") }, createdFallback(params)];
}

/** What a call's end is reported to: the number's status callback, or the one that the call was created with. */
export function statusCallbackOf(state: TwilioState, { resource, params }: Stored<CallResource>): Endpoint {
  if (resource.direction !== "inbound") {
    return { url: single(params.StatusCallback, ""), method: single(params.StatusCallbackMethod, "POST") };
  }
  const number = ownNumber(state, resource.to);
  return { url: number.status_callback, method: number.status_callback_method };
}

/**
 * The account's number with this E.164 number.
 *
 * @throws Error where it has none
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

/** A parameter that stands once, or what stands for it otherwise. */
export function single(value: string | readonly string[] | undefined, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
