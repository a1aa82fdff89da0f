/**
 * The events of a call that was created over the API.
 * Sources: https://www.twilio.com/docs/voice/make-calls and https://www.twilio.com/docs/voice/api/call-resource#call-status-values
 */

import type { CallResource, ProgressEvent, Stored } from "../records.ts";
import type { TwilioState } from "../state.ts";
import { apiDate } from "../values.ts";
import { endCall, findCall } from "./call-events.ts";
import { reportProgress } from "./call-progress.ts";
import { type Delivery, deliver, isAnswered } from "./deliver.ts";
import { callUrlsOf } from "./endpoints.ts";
import { callParams } from "./event-params.ts";
import type { WebhookAttempt, WebhookParams, WebhookSource } from "./webhook.ts";

/** The result of a call. `attempts` are the requests to the call's own URL and its fallback. */
export interface CallDelivery extends Delivery {
  /** The requests to the status callback, in order: those before `attempts`, and that about the end. */
  readonly callbacks: readonly WebhookAttempt[];
}

/** How a call is answered. */
export interface CallAnswer {
  /**
   * The result of answering machine detection, if the call was created with it
   * (https://www.twilio.com/docs/voice/answering-machine-detection).
   */
  readonly answeredBy?: string;
  /** Further parameters. They replace default ones of the same name. */
  readonly params?: WebhookParams;
}

/** The final status of a call that nobody answers. */
export type UnansweredStatus = "busy" | "failed" | "no-answer" | "canceled";

/** Events of the queued calls. Nothing happens to a call unless a test or the demo makes it happen. */
export interface OutboundCallEvents {
  /**
   * Answers a call: reports the events that the call subscribed to, then calls its `Url`, and its `FallbackUrl` after a failure. If both
   * fail, the call ends.
   *
   * @throws Error if there is no such call, or it is not queued
   */
  answerCall(callSid: string, answer?: CallAnswer): Promise<CallDelivery>;
  /**
   * Ends a call that nobody answers, and reports the events that the call subscribed to.
   *
   * @throws Error if there is no such call, or it is not queued
   */
  progressCall(callSid: string, status: UnansweredStatus): Promise<CallDelivery>;
}

/** Makes the events of an account's outbound calls. Their webhooks go through the edge. */
export function outboundCallEvents(state: TwilioState, source: WebhookSource): OutboundCallEvents {
  const reporting = (call: Stored<CallResource>) => (event: ProgressEvent, status: string) =>
    reportProgress(state, source, call, { event, status });
  const dial = async (call: Stored<CallResource>, rings: boolean) => {
    const report = reporting(call);
    call.resource.start_time = apiDate(new Date());
    const callbacks = await report("initiated", "initiated");
    if (!rings) return callbacks;
    call.resource.status = "ringing";
    return [...callbacks, ...(await report("ringing", "ringing"))];
  };
  return {
    answerCall: async (callSid, { answeredBy, params } = {}) => {
      const call = findQueued(state, callSid);
      const { resource } = call;
      const callbacks = await dial(call, true);
      Object.assign(resource, { status: "in-progress", answered_by: answeredBy ?? null });
      callbacks.push(...(await reporting(call)("answered", "in-progress")));
      const heard = answeredBy !== undefined && { AnsweredBy: answeredBy };
      const fetched = { ...callParams(resource), CallStatus: "in-progress", ...heard, ...params };
      const attempts = await deliver(source, callUrlsOf(call), fetched);
      const hasFailed = attempts.length > 0 && !isAnswered(attempts);
      if (hasFailed) callbacks.push(...(await endCall(state, source, call, { status: "completed", seconds: 0 })));
      return { sid: callSid, attempts, callbacks };
    },
    progressCall: async (callSid, status) => {
      const call = findQueued(state, callSid);
      const callbacks = await dial(call, status === "no-answer" || status === "canceled");
      callbacks.push(...(await endCall(state, source, call, { status, seconds: 0 })));
      return { sid: callSid, attempts: [], callbacks };
    },
  };
}

function findQueued(state: TwilioState, callSid: string): Stored<CallResource> {
  const call = findCall(state, callSid);
  const { direction, status } = call.resource;
  if (direction === "inbound" || status !== "queued") {
    throw new Error(`the call ${callSid} is ${direction} and ${status}; expected a queued outbound call`);
  }
  return call;
}
