/** The account of the test manifest at Twilio, with the manifest's numbers and without any text. */
import { CREDENTIALS, TOKEN, testManifest } from "../../../handlers/testing/manifest.ts";
import { type TwilioApi, twilioApi } from "../../../loopback/twilio/api/api.ts";
import { twilioState } from "../../../loopback/twilio/state.ts";

/** Makes a new account, and gives its API. */
export function testTwilio(): TwilioApi {
  const numbers = testManifest().numbers.map(({ number, sid }) => ({
    sid,
    phone_number: number,
    friendly_name: number,
  }));
  return twilioApi(twilioState({ accountSid: CREDENTIALS.accountSid, authToken: TOKEN, numbers }));
}
