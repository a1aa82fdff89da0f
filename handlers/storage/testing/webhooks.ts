/** Webhooks for tests, made as the handler makes them: from parameters, through the table of events. */
import type { AnsweredEvent } from "../../../hub/urls/routes.ts";
import type { WebhookRecord } from "../../spool/record.ts";
import type { WebhookParameters } from "../../twilio/parameters.ts";
import { EVENTS } from "../../webhook/events.ts";
import { newHash } from "./records.ts";

/** Makes a webhook of one call or text from its SID. */
export type Step = (sid: string) => {
  readonly event: AnsweredEvent;
  readonly turn: number;
  readonly parameters: WebhookParameters;
};

const PARTIES = { From: "+12125550123", To: "+19497798471" };

/** A webhook of a call with a status. */
export function callStep(
  event: AnsweredEvent,
  CallStatus: string,
  further: WebhookParameters = {},
  turn: number = 0,
): Step {
  return (CallSid) => ({
    event,
    turn,
    parameters: { CallSid, CallStatus, Direction: "inbound", ...PARTIES, ...further },
  });
}

/** The status callback of an outbound text. */
export function textStep(MessageStatus: string, further: WebhookParameters = {}): Step {
  return (MessageSid) => ({
    event: "text-status",
    turn: 0,
    parameters: { MessageSid, MessageStatus, ...PARTIES, ...further },
  });
}

/**
 * The record of a webhook over the canonical host, with a hash of its own.
 *
 * @throws Error if its event does not take the parameters
 */
export function recordOf({ event, turn, parameters }: ReturnType<Step>): WebhookRecord {
  const reported = EVENTS[event].read(parameters, turn);
  if (reported === undefined) throw new Error(`no ${event}: ${JSON.stringify(parameters)}`);
  const { sid, step, isDispatched, ...rows } = reported;
  const receivedAt = new Date().toISOString();
  return {
    signedHash: newHash(),
    answer: { status: 204, body: "" },
    event: { sid, kind: event, step, host: "canonical", parameters, receivedAt, isDispatched },
    ...rows,
  };
}
