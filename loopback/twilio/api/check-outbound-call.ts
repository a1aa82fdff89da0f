/**
 * Twilio's checks before it creates a call.
 * Sources: https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource and https://www.twilio.com/docs/api/errors
 */

import { type CallResource, PROGRESS_EVENTS } from "../records.ts";
import { TwilioError } from "../serving/errors.ts";
import { required } from "../serving/form.ts";
import { isWebUrl } from "../serving/parameters.ts";
import { numberOf, type TwilioState } from "../state.ts";

/** A phone number in E.164, a SIP address or a Twilio client. */
const CALLEE = /^(\+[1-9]\d{1,14}|sips?:\S+@\S+|client:\S+)$/;

/**
 * Checks the form of a request to create a call.
 *
 * @throws TwilioError 21201 if To is missing, 21211 if To cannot be called, 21213 if From is missing, 21210 if From is not a number
 *   of the account, 21205 if Url is invalid or the call has no instructions at all, and 21626 if an event does not exist
 */
export function checkOutboundCall(state: TwilioState, form: URLSearchParams): Pick<CallResource, "from" | "to"> {
  const to = required(form, "To", 21201, "No 'To' number is specified");
  if (!CALLEE.test(to)) throw refusal(21211, `The phone number you are attempting to call, ${to}, is not valid.`);
  const from = required(form, "From", 21213, "No 'From' number is specified");
  if (numberOf(state, from) === undefined) {
    throw refusal(21210, `The source phone number provided, ${from}, is not a number of this account.`);
  }
  checkInstructions(form);
  const unknown = form.getAll("StatusCallbackEvent").find((event) => !PROGRESS_EVENTS.some((known) => known === event));
  if (unknown !== undefined) throw refusal(21626, `Invalid StatusCallbackEvent: ${unknown}`);
  return { from, to };
}

function checkInstructions(form: URLSearchParams): void {
  const url = form.get("Url");
  if (url === null) {
    if (form.has("Twiml") || form.has("ApplicationSid")) return;
    throw refusal(21205, "Url parameter is required.");
  }
  if (!isWebUrl(url)) throw refusal(21205, `Url is not a valid URL: ${url}`);
}

function refusal(code: number, message: string): TwilioError {
  return new TwilioError(400, code, message);
}
