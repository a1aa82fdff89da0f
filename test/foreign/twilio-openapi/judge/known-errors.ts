/** Where Twilio's OpenAPI documents say otherwise than Twilio does. */
import type { JsonSchema } from "./validate.ts";

/**
 * The truth about a property:
 * - `may be empty`: an unset value is an empty text;
 * - `may be null`: the document does not say so;
 * - `is relative`: the URI has no host;
 * - a schema: the document lacks the property.
 */
export type Correction = "may be empty" | "may be null" | "is relative" | JsonSchema;

/** An error of a document. */
export interface KnownError {
  /** The name of the schema, or the title of a schema without a name. */
  readonly schema: RegExp;
  readonly properties: readonly string[];
  readonly correction: Correction;
  /** A public page that shows what is right. */
  readonly source: string;
}

const NUMBERS = "https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource";
const NUMBER = /^api\.v2010\.account\.incoming_phone_number$/;

/** The table. A property of a row fails if no answer needs its correction any more. */
export const KNOWN_ERRORS: readonly KnownError[] = [
  // The document's own examples show empty texts, which no pattern of a SID and no `format: uri` allows.
  {
    schema: NUMBER,
    properties: ["sms_application_sid", "voice_application_sid"],
    correction: "may be empty",
    source: NUMBERS,
  },
  {
    schema: NUMBER,
    properties: ["sms_fallback_url", "sms_url", "status_callback", "voice_fallback_url", "voice_url"],
    correction: "may be empty",
    source: NUMBERS,
  },
  // The document's own examples of sole proprietors show null.
  {
    schema: /^messaging\.v1\.brand_registrations$/,
    properties: ["identity_status"],
    correction: "may be null",
    source: "https://www.twilio.com/docs/messaging/api/brand-registration-resource",
  },
  // The document's own examples show paths, which no `format: uri` allows.
  {
    schema: /^List(Call|IncomingPhoneNumber|Message|Recording)Response$/,
    properties: ["uri", "first_page_uri", "next_page_uri", "previous_page_uri"],
    correction: "is relative",
    source: "https://github.com/twilio/twilio-cli-core/pull/46",
  },
  // Younger than the document. Twilio's library for Node.js has them.
  {
    schema: NUMBER,
    properties: ["type"],
    correction: { type: ["string", "null"] },
    source: "https://github.com/twilio/twilio-node/blob/6.2.0/src/rest/api/v2010/account/incomingPhoneNumber.ts",
  },
  {
    schema: /^messaging\.v1\.service\.us_app_to_person$/,
    properties: ["privacy_policy_url", "terms_and_conditions_url"],
    correction: { type: ["string", "null"], format: "uri" },
    source: "https://github.com/twilio/twilio-oai/issues/139",
  },
];
