/**
 * A phone number of the account, with the fields of Twilio's JSON.
 * Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
 */
import { isOverriding, OVERRIDES, type Override } from "../../hub/urls/overrides.ts";
import { apiDate, subresourceUris } from "./values.ts";

/** Twilio's IncomingPhoneNumber resource. An unset URL is an empty text; an unset SID is null. */
export interface IncomingPhoneNumber {
  account_sid: string;
  sid: string;
  friendly_name: string;
  phone_number: string;
  api_version: string;
  voice_url: string;
  voice_method: string;
  voice_fallback_url: string;
  voice_fallback_method: string;
  voice_caller_id_lookup: boolean;
  voice_application_sid: string;
  status_callback: string;
  status_callback_method: string;
  sms_url: string;
  sms_method: string;
  sms_fallback_url: string;
  sms_fallback_method: string;
  sms_application_sid: string;
  trunk_sid: string | null;
  address_sid: string | null;
  address_requirements: string;
  identity_sid: string | null;
  bundle_sid: string | null;
  emergency_status: string;
  emergency_address_sid: string | null;
  emergency_address_status: string;
  voice_receive_mode: string;
  beta: boolean;
  capabilities: { fax: boolean; mms: boolean; sms: boolean; voice: boolean };
  date_created: string;
  date_updated: string;
  uri: string;
  subresource_uris: Record<string, string>;
  origin: string;
  status: string;
  type: string | null;
}

/** The fields of a new number. Twilio's defaults for a bought number replace the missing ones. */
export type NumberSeed = Pick<IncomingPhoneNumber, "account_sid" | "sid" | "phone_number"> &
  Partial<IncomingPhoneNumber>;

/** Makes a number with Twilio's defaults for a bought number and the seed's fields. */
export function incomingPhoneNumber(seed: NumberSeed): IncomingPhoneNumber {
  const now = apiDate(new Date());
  const uri = `/2010-04-01/Accounts/${seed.account_sid}/IncomingPhoneNumbers/${seed.sid}`;
  return {
    friendly_name: seed.phone_number,
    api_version: "2010-04-01",
    ...VOICE_DEFAULTS,
    ...SMS_DEFAULTS,
    ...ACCOUNT_DEFAULTS,
    capabilities: { fax: false, mms: true, sms: true, voice: true },
    date_created: now,
    date_updated: now,
    uri: `${uri}.json`,
    subresource_uris: subresourceUris(uri, ["assigned_add_ons"]),
    ...seed,
  };
}

const OVERRIDE_FIELDS = {
  trunkSid: "trunk_sid",
  voiceApplicationSid: "voice_application_sid",
  voiceReceiveMode: "voice_receive_mode",
  smsApplicationSid: "sms_application_sid",
} as const satisfies Readonly<Record<Override["property"], keyof IncomingPhoneNumber>>;

/** The value of the setting that takes the number's calls or texts elsewhere, or undefined if its URLs get them. */
export function overrideOf(number: IncomingPhoneNumber, takes: Override["takes"]): string | undefined {
  const override = OVERRIDES.find(
    (known) => known.takes === takes && isOverriding(known, number[OVERRIDE_FIELDS[known.property]]),
  );
  return override && (number[OVERRIDE_FIELDS[override.property]] ?? undefined);
}

const VOICE_DEFAULTS = {
  voice_url: "",
  voice_method: "POST",
  voice_fallback_url: "",
  voice_fallback_method: "POST",
  voice_caller_id_lookup: false,
  voice_application_sid: "",
  voice_receive_mode: "voice",
  status_callback: "",
  status_callback_method: "POST",
  trunk_sid: null,
};

const SMS_DEFAULTS = {
  sms_url: "",
  sms_method: "POST",
  sms_fallback_url: "",
  sms_fallback_method: "POST",
  sms_application_sid: "",
};

const ACCOUNT_DEFAULTS = {
  address_sid: null,
  address_requirements: "none",
  identity_sid: null,
  bundle_sid: null,
  emergency_status: "Active",
  emergency_address_sid: null,
  emergency_address_status: "unregistered",
  beta: false,
  origin: "twilio",
  status: "in-use",
  type: null,
};
