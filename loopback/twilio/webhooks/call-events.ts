/**
 * What a call does after it was answered.
 * Sources: https://www.twilio.com/docs/voice/twiml/gather#action, https://www.twilio.com/docs/voice/twiml/dial#action and
 * https://www.twilio.com/docs/voice/api/call-resource#statuscallback
 */

import type { CallResource, Stored } from "../records.ts";
import type { TwilioState } from "../state.ts";
import { apiDate, newSid } from "../values.ts";
import { reportProgress } from "./call-progress.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { fallbackOf } from "./endpoints.ts";
import { callParams, durationParams } from "./event-params.ts";
import type { WebhookAttempt, WebhookParams, WebhookSource } from "./webhook.ts";

/** What a caller does at a `<Gather>`. Twilio calls the action only after some input, unless `actionOnEmptyResult` says otherwise. */
export interface Turn {
  /** The `<Gather>`'s action, an absolute URL, from the TwiML that was answered last. */
  readonly action: string;
  readonly speech?: string;
  /** How sure Twilio is of the speech, from 0 to 1; 0.9 unless given. */
  readonly confidence?: number;
  readonly digits?: string;
  /** Further parameters; they also replace those that are sent otherwise. */
  readonly params?: WebhookParams;
}

/** How a `<Dial>` ended. */
export interface DialEnd {
  /** The `<Dial>`'s action, an absolute URL, from the TwiML that was answered last. */
  readonly action: string;
  readonly status: "completed" | "answered" | "busy" | "no-answer" | "failed" | "canceled";
  /** How long the two were connected; 10 unless given. It is sent where somebody answered. */
  readonly seconds?: number;
  /** Further parameters; they also replace those that are sent otherwise. */
  readonly params?: WebhookParams;
}

/** What follows after `placeCall` or `answerCall`. */
export interface CallEvents {
  /**
   * Brings what the caller said or keyed to the action. After a failure the call's fallback URL gets the turn with the error.
   *
   * @throws Error where there is no such call
   */
  sayTurn(callSid: string, turn: Turn): Promise<Delivery>;
  /**
   * Brings the end of a `<Dial>` to the action, with the call's fallback URL.
   *
   * @throws Error where there is no such call
   */
  endDial(callSid: string, end: DialEnd): Promise<Delivery>;
  /**
   * Ends a call and reports it to the number's status callback, or to that of an outbound call, if it has one and asked for the end. A status
   * callback has no fallback.
   *
   * @throws Error where there is no such call
   */
  completeCall(callSid: string, seconds?: number): Promise<Delivery>;
}

/** The events of an account's calls, through the edge. */
export function callEvents(state: TwilioState, source: WebhookSource): CallEvents {
  const act = async (callSid: string, action: string, params: WebhookParams) => {
    const call = findCall(state, callSid);
    const endpoints = [{ url: action, method: "POST" }, fallbackOf(state, call)];
    const turn = { ...callParams(call.resource), CallStatus: "in-progress", ...params };
    return { sid: callSid, attempts: await deliver(source, endpoints, turn) };
  };
  return {
    sayTurn: (callSid, turn) => act(callSid, turn.action, { ...gatherParams(turn), ...turn.params }),
    endDial: (callSid, end) => act(callSid, end.action, { ...dialParams(end), ...end.params }),
    completeCall: async (callSid, seconds = 10) => {
      const end = { status: "completed", seconds };
      return { sid: callSid, attempts: await endCall(state, source, findCall(state, callSid), end) };
    },
  };
}

/**
 * The account's call with this SID.
 *
 * @throws Error where it has none
 */
export function findCall(state: TwilioState, sid: string): Stored<CallResource> {
  const call = state.calls.find(({ resource }) => resource.sid === sid);
  if (call === undefined) throw new Error(`the account has no call ${sid}`);
  return call;
}

function gatherParams({ speech, confidence = 0.9, digits }: Turn): Record<string, string> {
  return {
    ...(speech !== undefined && { SpeechResult: speech, Confidence: String(confidence) }),
    ...(digits !== undefined && { Digits: digits }),
  };
}

function dialParams({ status, seconds = 10 }: DialEnd): Record<string, string> {
  const isAnswered = status === "completed" || status === "answered";
  return {
    DialCallStatus: status,
    DialCallSid: newSid("CA"),
    DialBridged: String(isAnswered),
    ...(isAnswered && { DialCallDuration: String(seconds) }),
  };
}

/** How a call ended, and after how many seconds. */
export interface CallEnd {
  readonly status: string;
  readonly seconds: number;
}

/** Ends a call and reports it, as far as it is asked for. */
export async function endCall(
  state: TwilioState,
  source: WebhookSource,
  call: Stored<CallResource>,
  { status, seconds }: CallEnd,
): Promise<WebhookAttempt[]> {
  const now = apiDate(new Date());
  Object.assign(call.resource, { status, duration: String(seconds), end_time: now, date_updated: now });
  return reportProgress(state, source, call, { event: "completed", status, params: durationParams(seconds) });
}
