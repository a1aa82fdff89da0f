/**
 * Sends a text. This is the only place that can, and it needs the gate's clearance.
 * Source: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
 */
import type { E164 } from "../../../hub/values/values.ts";
import { MESSAGE_SID } from "../../twilio/sid.ts";
import { redeem, type TextClearance } from "../gate/clearance.ts";
import { type CreateOutcome, createOutcome, requestTwilio, type TwilioAccount } from "./twilio-answer.ts";

/**
 * Asks Twilio, once, to send the cleared text. It uses the clearance up first, whatever the outcome of the request.
 *
 * @param sender the number whose text was cleared
 * @param statusCallback the absolute URL to which Twilio reports the text's status
 * @throws Error if the clearance is forged, another sender's, used or too old; then nothing has been sent
 */
export async function postMessage(
  clearance: TextClearance,
  sender: E164,
  account: TwilioAccount,
  statusCallback: string,
): Promise<CreateOutcome> {
  const { to, from, body: text } = redeem(clearance, sender);
  const body = new URLSearchParams({ To: to, From: from, Body: text, StatusCallback: statusCallback });
  return createOutcome(() => requestTwilio(account, "/Messages.json", { method: "POST", body }), MESSAGE_SID);
}
