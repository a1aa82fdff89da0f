/** The answers to an inbound or outbound call, turn by turn. No answer contains anything that a person said. */
import type { Voice } from "../../hub/config/voice.ts";
import { OUTBOUND_CALL, type WebhookParameters } from "../twilio/parameters.ts";
import { isOpen } from "./business-hours.ts";
import { LAST_TURN, turnUrl } from "./turn.ts";
import { connect, hangUp, listen } from "./twiml.ts";

/** The most times that the caller is asked, including the greeting. */
const MAX_QUESTIONS = 3;

/** A turn of a call, and everything that its answer depends on. */
export interface CallTurn {
  /** 0 is the call itself; each later one is the action of a `<Gather>` or a `<Dial>`. */
  readonly turn: number;
  readonly parameters: Readonly<WebhookParameters>;
  /** The manifest's URL that verified, without a query. The next turn goes there, so a call that failed over stays on its host. */
  readonly url: string;
  /** The URL of a recording's callback, on the same host. */
  readonly recordingStatusCallback: string;
  readonly voice: Voice;
  /** The hub's own numbers, in E.164. */
  readonly ownNumbers: ReadonlySet<string>;
  readonly now: Date;
  /** Whether the caller's words can be stored. If not, nothing is asked. */
  readonly canListen: boolean;
}

/**
 * The TwiML of a turn. The end of a `<Dial>` ends the call, so nobody is dialled twice. A caller who said something is connected to the agent,
 * or told that the business is closed; so is every caller if nothing can be stored. A caller who said nothing is asked, up to three times in
 * all. A person whom the hub called is connected without a question.
 */
export function answerTurn(call: CallTurn): string {
  const { turn, parameters, voice, canListen } = call;
  const { texts } = voice;
  const { DialCallStatus, Direction } = parameters;
  if (DialCallStatus !== undefined) return hangUp(isConversation(DialCallStatus) ? undefined : texts.unavailable);
  // No flow comes this far. The next turn would be refused.
  if (turn >= LAST_TURN) return hangUp(texts.farewell);
  if (Direction === OUTBOUND_CALL) return answerOutbound(call);
  if (!canListen) return connectOrClose(call, [texts.fallback, ...noticeOf(voice)]);
  if (hasSaidSomething(parameters)) return connectOrClose(call, [...noticeOf(voice), texts.connecting]);
  return turn < MAX_QUESTIONS ? ask(call) : hangUp(texts.farewell);
}

/**
 * The answer to a call that the hub placed, once somebody picked up. A person or agent requested the call, so the business hours do not matter,
 * and the person need not speak. The end of the `<Dial>` is its only other turn.
 */
function answerOutbound(call: CallTurn): string {
  const { turn, parameters, voice, ownNumbers } = call;
  if (isMachine(parameters)) return hangUp();
  if (turn > 0) return hangUp(voice.texts.farewell);
  const { From } = parameters;
  // The agent sees the hub's number, as the person did. Any other number is not shown as the caller's.
  const callerId = typeof From === "string" && ownNumbers.has(From) ? From : undefined;
  return connectTo(call, [voice.texts.outbound, ...noticeOf(voice)], callerId);
}

/**
 * Whether an answering machine or a fax picked up. Twilio reports it only for a call that was placed with machine detection
 * (https://www.twilio.com/docs/voice/answering-machine-detection).
 */
function isMachine({ AnsweredBy }: Readonly<WebhookParameters>): boolean {
  return typeof AnsweredBy === "string" && /^(machine|fax)/.test(AnsweredBy);
}

/**
 * Whether the two spoke: `completed` is a call that was answered, `answered` the same with a conference
 * (https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus-values). Under any other status nobody answered.
 */
function isConversation(status: string | readonly string[]): boolean {
  return status === "completed" || status === "answered";
}

/** Source: https://www.twilio.com/docs/voice/twiml/gather#action, "Parameters in the request". */
function hasSaidSomething({ SpeechResult, Digits }: Readonly<WebhookParameters>): boolean {
  return [SpeechResult, Digits].some((said) => said !== undefined && String(said).trim() !== "");
}

/** The notice before every `<Dial>` that records: all parties to a recorded call must know of it. */
function noticeOf({ record, texts: { recordingNotice } }: Voice): string[] {
  return record && recordingNotice !== undefined ? [recordingNotice] : [];
}

function connectOrClose(call: CallTurn, says: readonly string[]): string {
  const { voice, now } = call;
  return isOpen(voice.hours, now) ? connectTo(call, says) : hangUp(voice.texts.closed);
}

function connectTo(call: CallTurn, says: readonly string[], callerId?: string): string {
  const { voice, url, turn, recordingStatusCallback } = call;
  return connect({
    says,
    agent: voice.agent,
    action: turnUrl(url, turn + 1),
    recordingStatusCallback: voice.record ? recordingStatusCallback : undefined,
    callerId,
  });
}

function ask({ turn, url, voice: { texts } }: CallTurn): string {
  const prompt = turn === 0 ? texts.greeting : texts.reprompt;
  return listen({ prompt, action: turnUrl(url, turn + 1), farewell: texts.farewell });
}
