/** What an inbound call is answered with, turn by turn. Nothing that the caller said stands in an answer. */
import type { Voice } from "../hub/voice.ts";
import { isOpen } from "./business-hours.ts";
import type { WebhookParameters } from "./parameters.ts";
import { LAST_TURN, turnUrl } from "./turn.ts";
import { connect, hangUp, listen } from "./twiml.ts";

/** How often the caller is asked, the greeting with it. */
const MAX_QUESTIONS = 3;

/** A turn of an inbound call, and what its answer depends on. */
export interface CallTurn {
  /** 0 is the call itself; each later one is the action of a `<Gather>` or a `<Dial>`. */
  readonly turn: number;
  readonly parameters: Readonly<WebhookParameters>;
  /** The manifest's URL that verified, without a query: the next turn goes there, so a call that failed over stays on its host. */
  readonly url: string;
  /** Where a recording is reported, on the same host. */
  readonly recordingStatusCallback: string;
  readonly voice: Voice;
  readonly now: Date;
  /** Whether what the caller says can be stored. Where it cannot, nothing is asked. */
  readonly canListen: boolean;
}

/**
 * The TwiML of a turn. The end of a `<Dial>` ends the call, so nobody is dialled twice. A caller who said something, or whom nobody can listen
 * to, is connected to the agent, or told that the business is closed. A caller who said nothing is asked, up to three times in all.
 */
export function answerTurn(call: CallTurn): string {
  const { turn, parameters, voice, canListen } = call;
  const { texts } = voice;
  const { DialCallStatus } = parameters;
  if (DialCallStatus !== undefined) return hangUp(isConversation(DialCallStatus) ? undefined : texts.unavailable);
  // No flow comes this far; the next turn would be one that is refused.
  if (turn >= LAST_TURN) return hangUp(texts.farewell);
  if (!canListen) return connectOrClose(call, [texts.fallback, ...noticeOf(voice)]);
  if (hasSaidSomething(parameters)) return connectOrClose(call, [...noticeOf(voice), texts.connecting]);
  return turn < MAX_QUESTIONS ? ask(call) : hangUp(texts.farewell);
}

/**
 * `completed`: the two spoke, and the agent hung up; `answered`: so it did with a conference
 * (https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus-values). Any other status is nobody's answer.
 */
function isConversation(status: string | readonly string[]): boolean {
  return status === "completed" || status === "answered";
}

/** Source: https://www.twilio.com/docs/voice/twiml/gather#action, "Parameters in the request". */
function hasSaidSomething({ SpeechResult, Digits }: Readonly<WebhookParameters>): boolean {
  return [SpeechResult, Digits].some((said) => said !== undefined && String(said).trim() !== "");
}

/** All parties to a recorded call must know of it, so this stands before every `<Dial>` that records. */
function noticeOf({ record, texts: { recordingNotice } }: Voice): string[] {
  return record && recordingNotice !== undefined ? [recordingNotice] : [];
}

function connectOrClose(call: CallTurn, says: readonly string[]): string {
  const { voice, now, url, turn, recordingStatusCallback } = call;
  if (!isOpen(voice.hours, now)) return hangUp(voice.texts.closed);
  return connect({
    says,
    agent: voice.agent,
    action: turnUrl(url, turn + 1),
    recordingStatusCallback: voice.record ? recordingStatusCallback : undefined,
  });
}

function ask({ turn, url, voice: { texts } }: CallTurn): string {
  const prompt = turn === 0 ? texts.greeting : texts.reprompt;
  return listen({ prompt, action: turnUrl(url, turn + 1), farewell: texts.farewell });
}
