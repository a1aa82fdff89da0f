/** The TwiML that a call is answered with first, written as anybody would with Twilio's library. */
import twilio from "twilio";
import { MANIFEST, URLS } from "../account.ts";

const { greeting, farewell } = MANIFEST.voice.texts;

/** Asks the caller and listens: what the hub answers too, byte for byte, which the benchmark checks. */
export function callTwiml(): string {
  const response = new twilio.twiml.VoiceResponse();
  const gather = response.gather({
    input: ["dtmf", "speech"],
    speechTimeout: "auto",
    action: `${URLS.voiceUrl}?turn=1`,
    method: "POST",
    actionOnEmptyResult: true,
  });
  gather.say(greeting);
  response.say(farewell);
  response.hangup();
  return response.toString();
}
