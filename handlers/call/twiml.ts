/**
 * The TwiML that the handler answers with. Only the voice half of twilio's library is here, so nothing can render a `<Message>`, and nothing calls its `<Sms>`.
 * Source: https://www.twilio.com/docs/voice/twiml
 */
import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";
import { WEBHOOK_METHOD } from "../../hub/urls/routes.ts";

/** The content type of a TwiML answer. */
export const TWIML_TYPE = "text/xml";

/**
 * How long the agent's phone rings, in seconds; Twilio may add five (https://www.twilio.com/docs/voice/twiml/dial#timeout). Many mailboxes
 * answer after 25 to 30, and a caller in a mailbox counts as answered.
 */
const RING_SECONDS = 20;

/** What {@link listen} renders. */
export interface Listening {
  /** What the caller hears while the line listens. */
  readonly prompt: string;
  /** The absolute URL of the next turn. */
  readonly action: string;
  /** What the caller hears where Twilio goes on without the next turn. */
  readonly farewell: string;
}

/**
 * Asks the caller and listens for words or keys. The action is called with an empty result as well, so silence is a turn too
 * (https://www.twilio.com/docs/voice/twiml/gather#actiononemptyresult); nothing behind a `<Gather>` is reached after its action. `auto` stops
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

/** What {@link connect} renders. */
export interface Connection {
  /** What the caller hears before the phone rings, in this order. */
  readonly says: readonly string[];
  /** The number that is dialled, in E.164. */
  readonly agent: string;
  /** The absolute URL of the next turn, which learns how the call to the agent ended. */
  readonly action: string;
  /** The absolute URL that is told of the recording; where it is absent the conversation is not recorded. */
  readonly recordingStatusCallback?: string | undefined;
  /** The number that the agent sees, in E.164; Twilio's own choice where it is absent. */
  readonly callerId?: string | undefined;
}

/**
 * Connects the person on the line to the agent. Where no `callerId` is given the agent sees the caller's number: that is Twilio's own choice. One
 * that is given must be the request's `From` or `To`, or a number that the account has or has verified
 * (https://www.twilio.com/docs/voice/twiml/dial#callerid, https://www.twilio.com/docs/api/errors/13214). The person hears the phone ring
 * (https://www.twilio.com/docs/voice/twiml/dial#answeronbridge). A recording begins when the agent answers, with a channel for each
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

/** Ends the call, after a last word where there is one. */
export function hangUp(text?: string): string {
  const response = new VoiceResponse();
  if (text !== undefined) response.say(text);
  response.hangup();
  return response.toString();
}

/** A `<Response/>` without a verb: a text is taken and not replied to. */
export function noReply(): string {
  return NO_REPLY;
}

const NO_REPLY = new VoiceResponse().toString();

/** What was rendered, by what it is made from. The config's texts and numbers, the manifest's URLs and 99 turns make few. */
const memory = new Map<string, string>();

/** Rendering takes longer than all of a webhook's checks, so each answer is rendered once. */
function rendered<Content>(kind: string, content: Content, render: (content: Content) => string): string {
  const key = `${kind} ${JSON.stringify(content)}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const twiml = render(content);
  memory.set(key, twiml);
  return twiml;
}
