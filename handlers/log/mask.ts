/** Masks callers' addresses for the log. */

/** A phone number in E.164, with the scheme of another channel if Twilio puts one in front (https://www.twilio.com/docs/messaging/channels). */
const PHONE_NUMBER = /^(whatsapp:)?\+([1-9]\d{6,14})$/;

/** Schemes whose addresses may name a person (https://www.twilio.com/docs/voice/twiml#request-parameters). */
const NAMED = /^(whatsapp|client|sip|sips|messenger|rcs):/i;

const HIDDEN = "***";

/** The least number of hidden digits: nobody is identifiable among 100,000 numbers. */
const HIDDEN_DIGITS = 5;
const LAST_DIGITS = 2;
const MAX_FIRST_DIGITS = 4;

/**
 * An address without the part that identifies a person: `+19497798471` becomes `+1949***71`. A phone number keeps at most its first four and its
 * last two digits, and an address like `client:alice` its scheme. Any other address, such as a short code, keeps nothing.
 */
export function maskNumber(address: string): string {
  const [, scheme = "", digits] = PHONE_NUMBER.exec(address) ?? [];
  if (digits === undefined) return `${NAMED.exec(address)?.[0].toLowerCase() ?? ""}${HIDDEN}`;
  const first = Math.min(MAX_FIRST_DIGITS, digits.length - HIDDEN_DIGITS - LAST_DIGITS);
  return `${scheme}+${digits.slice(0, first)}${HIDDEN}${digits.slice(-LAST_DIGITS)}`;
}

/** A text without its phone numbers, for a reason that is stored and shown. */
export function hideNumbers(text: string): string {
  return text.replace(/\+\d{7,}/g, "a phone number");
}
