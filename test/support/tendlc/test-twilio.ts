/** The Twilio account of the test manifest. */
import { CREDENTIALS, TOKEN, testManifest } from "../../../handlers/testing/manifest.ts";
import { type TwilioApi, twilioApi } from "../../../loopback/twilio/api/api.ts";
import { twilioState } from "../../../loopback/twilio/state.ts";

/** Makes the API of a new account with the manifest's numbers, and without any text. */
export function testTwilio(): TwilioApi {
  const numbers = testManifest().numbers.map(({ number, sid }) => ({
    sid,
    phone_number: number,
    friendly_name: number,
  }));
  return twilioApi(twilioState({ accountSid: CREDENTIALS.accountSid, authToken: TOKEN, numbers }));
}
