/** How a caller's address stands in a log. */

/** A phone number in E.164, with the scheme that Twilio puts before those of other channels (https://www.twilio.com/docs/messaging/channels). */
const PHONE_NUMBER = /^(whatsapp:)?\+([1-9]\d{6,14})$/;

/** Addresses that name a person behind their scheme (https://www.twilio.com/docs/voice/twiml#request-parameters). */
const NAMED = /^(whatsapp|client|sip|sips|messenger|rcs):/i;

const HIDDEN = "***";

/** How many digits stay hidden at least: among 100,000 numbers nobody is identifiable. */
const HIDDEN_DIGITS = 5;
const LAST_DIGITS = 2;
const MAX_FIRST_DIGITS = 4;

/**
 * An address without the part that identifies a person: `+19497798471` is `+1949***71`. A phone number keeps at most the first four and the
 * last two digits, an address like `client:alice` its scheme, and anything else, a short code too, nothing.
 */
export function maskNumber(address: string): string {
  const [, scheme = "", digits] = PHONE_NUMBER.exec(address) ?? [];
  if (digits === undefined) return `${NAMED.exec(address)?.[0].toLowerCase() ?? ""}${HIDDEN}`;
  const first = Math.min(MAX_FIRST_DIGITS, digits.length - HIDDEN_DIGITS - LAST_DIGITS);
  return `${scheme}+${digits.slice(0, first)}${HIDDEN}${digits.slice(-LAST_DIGITS)}`;
}

/** A text without the phone numbers in it, for a reason that is kept and shown. */
export function hideNumbers(text: string): string {
  return text.replace(/\+\d{7,}/g, "a phone number");
}
