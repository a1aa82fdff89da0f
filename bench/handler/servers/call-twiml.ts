/** The first TwiML of a call, written with Twilio's library in the usual way. */
import twilio from "twilio";
import { MANIFEST, URLS } from "../account.ts";

const { greeting, farewell } = MANIFEST.voice.texts;

/** Returns the TwiML that greets the caller and listens. The benchmark checks that the hub's answer has the same bytes. */
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
