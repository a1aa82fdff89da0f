/**
 * Sends a text: the one place that can. It takes the gate's clearance and nothing else for a text.
 * Source: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
 */
import { MESSAGE_SID } from "../../twilio/sid.ts";
import { redeem, type TextClearance } from "../gate/clearance.ts";
import { type CreateOutcome, createOutcome, requestTwilio, type TwilioAccount } from "./twilio-answer.ts";

/**
 * Asks Twilio to send the text that was cleared, once. The clearance is used up first, whatever comes of the request.
 *
 * @param statusCallback the absolute URL that is told of the text's fate
 * @throws Error where the clearance is none, was used before or is too old; nothing has left then
 */
export async function postMessage(
  clearance: TextClearance,
  account: TwilioAccount,
  statusCallback: string,
): Promise<CreateOutcome> {
  const { to, from, body: text } = redeem(clearance);
  const body = new URLSearchParams({ To: to, From: from, Body: text, StatusCallback: statusCallback });
  return createOutcome(() => requestTwilio(account, "/Messages.json", { method: "POST", body }), MESSAGE_SID);
}
