/**
 * What Twilio refuses of a call.
 * Sources: https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource and https://www.twilio.com/docs/api/errors
 */

import { type CallResource, PROGRESS_EVENTS } from "../records.ts";
import { numberOf, type TwilioState } from "../state.ts";
import { TwilioError } from "./errors.ts";
import { required } from "./form.ts";

/** A phone number in E.164, a SIP address or a client. */
const CALLEE = /^(\+[1-9]\d{1,14}|sips?:\S+@\S+|client:\S+)$/;

/**
 * Checks the form of a call that is to be created.
 *
 * @throws TwilioError 21201 (no To), 21211 (a To that cannot be called), 21213 (no From), 21210 (a From that is not the account's), 21205 (a Url
 *   that is none, or nothing to do) and 21626 (an event that does not exist)
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
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw refusal(21205, `Url is not a valid URL: ${url}`);
}

function refusal(code: number, message: string): TwilioError {
  return new TwilioError(400, code, message);
}
