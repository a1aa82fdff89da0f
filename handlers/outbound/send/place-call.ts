/**
 * Places a call.
 * Source: https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
 */
import { WEBHOOK_METHOD } from "../../../hub/urls/routes.ts";
import type { RegisteredUrls } from "../../../hub/urls/urls.ts";
import { CALL_SID } from "../../twilio/sid.ts";
import type { CallRequest } from "../request.ts";
import { type CreateOutcome, createOutcome, requestTwilio, type TwilioAccount } from "./twilio-answer.ts";

/** What of a call's life is reported. */
const REPORTED = ["initiated", "ringing", "answered", "completed"];

/**
 * Asks Twilio for a call, once. The answered call gets the TwiML of `voiceUrl`, and everything is reported to registered URLs.
 *
 * @param urls what Twilio is told for the number that calls, with the URL of the call's own route as `voiceUrl`
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
