/**
 * Twilio's checks of a form's values, by the names of the parameters. An empty value unsets, and is always allowed here.
 * Sources: the OpenAPI documents of https://github.com/twilio/twilio-oai and https://www.twilio.com/docs/api/errors
 */
import { TwilioError } from "./errors.ts";

/** The SIDs, with the prefix of the resource that each names. */
const SID_PREFIXES: Readonly<Record<string, string>> = {
  AccountSid: "AC",
  AddressSid: "AD",
  ApplicationSid: "AP",
  BrandRegistrationSid: "BN",
  BundleSid: "BU",
  EmergencyAddressSid: "AD",
  IdentitySid: "RI",
  MessagingServiceSid: "MG",
  PhoneNumberSid: "PN",
  SmsApplicationSid: "AP",
  TrunkSid: "TK",
  VoiceApplicationSid: "AP",
};

const BOOLEANS = [
  ...["VoiceCallerIdLookup", "UseInboundWebhookOnNumber", "HasEmbeddedLinks", "HasEmbeddedPhone"],
  ...["SubscriberOptIn", "AgeGated", "DirectLending", "StickySender", "MmsConverter", "SmartEncoding"],
  ...["FallbackToLongCode", "AreaCodeGeomatch", "SynchronousValidation"],
];

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  EmergencyStatus: ["Active", "Inactive"],
  ScanMessageContent: ["inherit", "enable", "disable"],
  VoiceReceiveMode: ["voice", "fax"],
};

/** A call's own URL has its own error, see `check-outbound-call.ts`. */
const URL_NAME = /^(\w+Url|StatusCallback)$/;
const METHOD_NAME = /Method$/;

/** The API whose forms are checked. The APIs refuse an invalid URL with different errors. */
export type FormOf = "messages" | "others";

/**
 * Checks each value of a form.
 *
 * @throws TwilioError if a URL is not an absolute one: 21620 for a text's media, 21609 for its status callback, otherwise 21502; 20001 if another
 *   value is not of its parameter's kind
 */
export function checkParameters(form: URLSearchParams, formOf: FormOf): void {
  for (const [name, value] of form) {
    if (value === "") continue;
    if (URL_NAME.test(name) && !isWebUrl(value)) throw invalidUrl(name, value, formOf);
    checkKind(name, value);
  }
}

/** Whether a text is an absolute URL of the web. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function invalidUrl(name: string, value: string, formOf: FormOf): TwilioError {
  const code = formOf === "others" ? 21502 : name === "MediaUrl" ? 21620 : 21609;
  return new TwilioError(400, code, `${name} is not a valid URL: ${value}`);
}

function checkKind(name: string, value: string): void {
  const expected = expectationOf(name);
  if (expected !== undefined && !expected.pattern.test(value)) {
    throw new TwilioError(400, 20001, `${name} must be ${expected.words}: ${value}`);
  }
}

/** The values that a parameter may have; undefined if it may have any. */
function expectationOf(name: string): { readonly pattern: RegExp; readonly words: string } | undefined {
  if (name === "ValidityPeriod") return { pattern: /^\d+$/, words: "a number of seconds" };
  const prefix = SID_PREFIXES[name];
  if (prefix !== undefined)
    return { pattern: new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), words: `a SID that begins with ${prefix}` };
  const choices = METHOD_NAME.test(name) ? ["GET", "POST"] : CHOICES[name];
  if (choices !== undefined) return { pattern: new RegExp(`^(${choices.join("|")})$`), words: choices.join(" or ") };
  return BOOLEANS.includes(name) ? { pattern: /^(true|false)$/i, words: "true or false" } : undefined;
}
