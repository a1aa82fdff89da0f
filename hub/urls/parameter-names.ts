/**
 * The names of a webhook's parameters, as far as URLs depend on them. Twilio signs a plain concatenation: the URL, then each name with its value
 * (https://www.twilio.com/docs/usage/webhooks/webhooks-security). The borders in that string can be moved, so a name must never be able to
 * hold the end of a URL.
 */

/**
 * The form of a parameter's name, like `AccountSid` or `MediaUrl0`. The headers of a SIP call bring hyphens, like `SipHeader_X-Account-Id`
 * (https://help.twilio.com/articles/4402828330907).
 */
const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/;

/** Whether a text has the form of a parameter's name. */
export function isParameterName(text: string): boolean {
  return PARAMETER_NAME.test(text);
}

/**
 * Whether a URL or path is another one plus text that a parameter's name could begin with. A webhook that was signed for the longer one would
 * then verify for the shorter one too: the rest would pass for a name, or for a name and a value.
 */
export function continuesWithName(longer: string, shorter: string): boolean {
  return longer.startsWith(shorter) && isParameterName(longer.slice(shorter.length, shorter.length + 1));
}
