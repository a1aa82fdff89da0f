/**
 * The events of a call after it is answered.
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

/** A caller's input at a `<Gather>`. Without input, Twilio calls the action only if `actionOnEmptyResult` is set. */
export interface Turn {
  /** The action of the `<Gather>` in the last TwiML answer, an absolute URL. */
  readonly action: string;
  readonly speech?: string;
  /** Twilio's confidence in the speech, from 0 to 1. Default: 0.9. */
  readonly confidence?: number;
  readonly digits?: string;
  /** Further parameters. They replace default ones of the same name. */
  readonly params?: WebhookParams;
}

/** How a `<Dial>` ended. */
export interface DialEnd {
  /** The action of the `<Dial>` in the last TwiML answer, an absolute URL. */
  readonly action: string;
  readonly status: "completed" | "answered" | "busy" | "no-answer" | "failed" | "canceled";
  /** How long the two were connected, in seconds. Default: 10. It is sent only if somebody answered. */
  readonly seconds?: number;
  /** Further parameters. They replace default ones of the same name. */
  readonly params?: WebhookParams;
}

/** Events that follow `placeCall` or `answerCall`. */
export interface CallEvents {
  /**
   * Sends the caller's speech or digits to the action. If that fails, sends the turn and the error to the call's fallback URL.
   *
   * @throws Error if there is no such call
   */
  sayTurn(callSid: string, turn: Turn): Promise<Delivery>;
  /**
   * Sends the end of a `<Dial>` to the action. If that fails, sends it and the error to the call's fallback URL.
   *
   * @throws Error if there is no such call
   */
  endDial(callSid: string, end: DialEnd): Promise<Delivery>;
  /**
   * Ends a call and reports it to the status callback: the number's for an inbound call, the call's own for an outbound one. Reports
   * nothing if there is no callback, or if an outbound call did not subscribe to its end. A status callback has no fallback.
   *
   * @param seconds the call's duration. Default: 10
   * @throws Error if there is no such call
   */
  completeCall(callSid: string, seconds?: number): Promise<Delivery>;
}

/** Makes the events of an account's calls. Their webhooks go through the edge. */
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
 * Finds the account's call by its SID.
 *
 * @throws Error if the account does not have it
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

/** The end of a call: its final status and its duration. */
export interface CallEnd {
  readonly status: string;
  readonly seconds: number;
}

/** Ends a call, and reports it if there is a callback for it. */
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
