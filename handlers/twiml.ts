/**
 * The TwiML that the handler answers with. Only the voice half of twilio's library is here, so nothing can render a `<Message>`.
 * Source: https://www.twilio.com/docs/voice/twiml
 */
import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";

/** The content type of a TwiML answer. */
export const TWIML_TYPE = "text/xml";

/** What a caller hears first. */
export const GREETING = "Thank you for calling. Please say how we can help you.";

/** What a caller hears who says nothing. */
export const FAREWELL = "We did not hear anything. Goodbye.";

/**
 * Greets the caller and listens; a caller who says nothing hears a farewell and the call ends.
 *
 * @param action the absolute URL to which Twilio sends what was said
 */
export function listenToCaller(action: string): string {
  const response = new VoiceResponse();
  response.gather({ input: ["speech"], speechTimeout: "auto", action, method: "POST" }).say(GREETING);
  response.say(FAREWELL);
  response.hangup();
  return response.toString();
}

/** A `<Response/>` without a verb: a text is taken and not replied to. */
export function noReply(): string {
  return new VoiceResponse().toString();
}
