/**
 * Places a call.
 * Source: https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
 */
import { WEBHOOK_METHOD } from "../../../hub/urls/routes.ts";
import type { RegisteredUrls } from "../../../hub/urls/urls.ts";
import { CALL_SID } from "../../twilio/sid.ts";
import type { CallRequest } from "../request.ts";
import { type CreateOutcome, createOutcome, requestTwilio, type TwilioAccount } from "./twilio-answer.ts";

/** The stages of a call that Twilio reports. */
const REPORTED = ["initiated", "ringing", "answered", "completed"];

/**
 * Asks Twilio, once, to place a call. When the person answers, the call gets the TwiML of `voiceUrl`. Twilio reports to registered URLs only.
 *
 * @param urls the registered URLs of the calling number, but with the URL of the call's own route as `voiceUrl`
 */
export function placeCall(
  { to, from }: Pick<CallRequest, "to" | "from">,
  urls: RegisteredUrls,
  account: TwilioAccount,
): Promise<CreateOutcome> {
  const body = new URLSearchParams({
    To: to,
    From: from,
    Url: urls.voiceUrl,
    Method: WEBHOOK_METHOD,
    StatusCallback: urls.statusCallback,
    StatusCallbackMethod: WEBHOOK_METHOD,
    ...(urls.voiceFallbackUrl && { FallbackUrl: urls.voiceFallbackUrl, FallbackMethod: WEBHOOK_METHOD }),
  });
  for (const event of REPORTED) body.append("StatusCallbackEvent", event);
  return createOutcome(() => requestTwilio(account, "/Calls.json", { method: "POST", body }), CALL_SID);
}
