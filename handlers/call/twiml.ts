/**
 * The TwiML of the handler's answers. Only the voice half of twilio's library is imported, which cannot render a `<Message>`; its `<Sms>` is not
 * called.
 * Source: https://www.twilio.com/docs/voice/twiml
 */
import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";
import { WEBHOOK_METHOD } from "../../hub/urls/routes.ts";

/** The content type of a TwiML answer. */
export const TWIML_TYPE = "text/xml";

/**
 * The time for which the agent's phone rings, in seconds; Twilio may add five (https://www.twilio.com/docs/voice/twiml/dial#timeout). Many
 * mailboxes answer after 25 to 30, and a call that a mailbox answered counts as answered.
 */
const RING_SECONDS = 20;

/** The content of {@link listen}. */
export interface Listening {
  /** The words that the caller hears before and while the line listens. */
  readonly prompt: string;
  /** The absolute URL of the next turn. */
  readonly action: string;
  /** The words that the caller hears if Twilio continues without the next turn. */
  readonly farewell: string;
}

/**
 * Asks the caller and listens for words or keys. Twilio calls the action for an empty result too, so silence is also a turn
 * (https://www.twilio.com/docs/voice/twiml/gather#actiononemptyresult); after the action, nothing behind the `<Gather>` is reached. `auto` stops
 * listening at a pause (https://www.twilio.com/docs/voice/twiml/gather#speechtimeout).
 */
export function listen(listening: Listening): string {
  return rendered("listen", listening, renderListening);
}

function renderListening({ prompt, action, farewell }: Listening): string {
  const response = new VoiceResponse();
  const gather = response.gather({
    input: ["dtmf", "speech"],
    speechTimeout: "auto",
    action,
    method: WEBHOOK_METHOD,
    actionOnEmptyResult: true,
  });
  gather.say(prompt);
  response.say(farewell);
  response.hangup();
  return response.toString();
}

/** The content of {@link connect}. */
export interface Connection {
  /** The texts that the person on the line hears before the phone rings, in this order. */
  readonly says: readonly string[];
  /** The number that is dialled, in E.164. */
  readonly agent: string;
  /** The absolute URL of the next turn, which receives the result of the call to the agent. */
  readonly action: string;
  /** The absolute URL of the recording's callback. If it is absent, the conversation is not recorded. */
  readonly recordingStatusCallback?: string | undefined;
  /** The number that the agent sees, in E.164. Default: Twilio's choice. */
  readonly callerId?: string | undefined;
}

/**
 * Connects the person on the line to the agent. Without a `callerId`, Twilio shows the agent the caller's number. A given `callerId` must be the
 * request's `From` or `To`, or a number that the account has or has verified
 * (https://www.twilio.com/docs/voice/twiml/dial#callerid, https://www.twilio.com/docs/api/errors/13214). The person hears the phone ring
 * (https://www.twilio.com/docs/voice/twiml/dial#answeronbridge). A recording begins when the agent answers, with one channel for each party
 * (https://www.twilio.com/docs/voice/twiml/dial#record).
 */
export function connect(connection: Connection): string {
  return rendered("connect", connection, renderConnection);
}

function renderConnection({ says, agent, action, recordingStatusCallback, callerId }: Connection): string {
  const response = new VoiceResponse();
  for (const text of says) response.say(text);
  const recording = recordingStatusCallback !== undefined && {
    record: "record-from-answer-dual" as const,
    recordingStatusCallback,
    recordingStatusCallbackMethod: WEBHOOK_METHOD,
  };
  const shown = callerId !== undefined && { callerId };
  response.dial(
    { action, method: WEBHOOK_METHOD, answerOnBridge: true, timeout: RING_SECONDS, ...shown, ...recording },
    agent,
  );
  return response.toString();
}

/** Ends the call, after the text if there is one. */
export function hangUp(text?: string): string {
  const response = new VoiceResponse();
  if (text !== undefined) response.say(text);
  response.hangup();
  return response.toString();
}

/** A `<Response/>` without a verb: the text is accepted, and nothing is replied. */
export function noReply(): string {
  return NO_REPLY;
}

const NO_REPLY = new VoiceResponse().toString();

/** The rendered TwiML by its content. It stays small: the content is the config's texts and numbers, the manifest's URLs and 99 turns. */
const memory = new Map<string, string>();

/** Renders each answer only once, since rendering takes longer than all checks of a webhook. */
function rendered<Content>(kind: string, content: Content, render: (content: Content) => string): string {
  const key = `${kind} ${JSON.stringify(content)}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const twiml = render(content);
  memory.set(key, twiml);
  return twiml;
}
