/**
 * The API for the account's numbers.
 * Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
 */
import { type Context, Hono } from "hono";
import type { IncomingPhoneNumber } from "../incoming-phone-number.ts";
import { notFoundError, TwilioError } from "../serving/errors.ts";
import { readForm } from "../serving/form.ts";
import { page2010 } from "../serving/pages.ts";
import type { TwilioState } from "../state.ts";
import { apiDate } from "../values.ts";

const TEXT_FIELDS = {
  FriendlyName: "friendly_name",
  ApiVersion: "api_version",
  VoiceUrl: "voice_url",
  VoiceMethod: "voice_method",
  VoiceFallbackUrl: "voice_fallback_url",
  VoiceFallbackMethod: "voice_fallback_method",
  VoiceApplicationSid: "voice_application_sid",
  VoiceReceiveMode: "voice_receive_mode",
  StatusCallback: "status_callback",
  StatusCallbackMethod: "status_callback_method",
  SmsUrl: "sms_url",
  SmsMethod: "sms_method",
  SmsFallbackUrl: "sms_fallback_url",
  SmsFallbackMethod: "sms_fallback_method",
  SmsApplicationSid: "sms_application_sid",
  EmergencyStatus: "emergency_status",
} as const;

const NULLABLE_FIELDS = {
  TrunkSid: "trunk_sid",
  AddressSid: "address_sid",
  IdentitySid: "identity_sid",
  BundleSid: "bundle_sid",
  EmergencyAddressSid: "emergency_address_sid",
} as const;

/** The routes under `/IncomingPhoneNumbers` of an account. A delete releases the number: it is removed, and listed as released. */
export function numbersApi(state: TwilioState): Hono {
  const app = new Hono();
  app.get("/", (c) => page2010(c, "incoming_phone_numbers", listed(state, c)));
  app.get("/:sid", (c) => c.json(existing(state, c)));
  app.post("/:sid", async (c) => {
    const number = existing(state, c);
    Object.assign(number, changes(state, number, await readForm(c)));
    return c.json(number);
  });
  app.delete("/:sid", (c) => {
    const { sid } = existing(state, c);
    state.numbers.delete(sid);
    state.senders.delete(sid);
    state.released.push(sid);
    return c.body(null, 204);
  });
  return app;
}

function existing(state: TwilioState, c: Context): IncomingPhoneNumber {
  const number = state.numbers.get(c.req.param("sid") ?? "");
  if (number === undefined) throw notFoundError(new URL(c.req.url).pathname);
  return number;
}

function listed(state: TwilioState, c: Context): IncomingPhoneNumber[] {
  const phoneNumber = c.req.query("PhoneNumber");
  const friendlyName = c.req.query("FriendlyName");
  return [...state.numbers.values()].filter(
    (number) =>
      (phoneNumber === undefined || number.phone_number.includes(phoneNumber)) &&
      (friendlyName === undefined || number.friendly_name === friendlyName),
  );
}

function changes(state: TwilioState, number: IncomingPhoneNumber, form: URLSearchParams): Partial<IncomingPhoneNumber> {
  const posted = { ...postedFields(form), ...exclusiveSids(form) };
  checkAccount(state, form);
  checkFallback({ ...number, ...posted });
  return { ...posted, date_updated: apiDate(new Date()) };
}

function postedFields(form: URLSearchParams): Partial<IncomingPhoneNumber> {
  const fields: Partial<IncomingPhoneNumber> = {};
  for (const [name, field] of entries(TEXT_FIELDS)) {
    const value = form.get(name);
    if (value !== null) fields[field] = value;
  }
  for (const [name, field] of entries(NULLABLE_FIELDS)) {
    const value = form.get(name);
    if (value !== null) fields[field] = value === "" ? null : value;
  }
  const lookup = form.get("VoiceCallerIdLookup");
  if (lookup !== null) fields.voice_caller_id_lookup = lookup.toLowerCase() === "true";
  return fields;
}

function entries<Name extends string, Field extends string>(fields: Readonly<Record<Name, Field>>): [string, Field][] {
  return Object.entries<Field>(fields);
}

/** Setting a trunk clears the voice application, and setting a voice application clears the trunk. */
function exclusiveSids(form: URLSearchParams): Partial<IncomingPhoneNumber> {
  if (form.get("TrunkSid")) return { voice_application_sid: "" };
  if (form.get("VoiceApplicationSid")) return { trunk_sid: null };
  return {};
}

/** Twilio would transfer the number to the subaccount that AccountSid names. This account has no subaccounts. */
function checkAccount(state: TwilioState, form: URLSearchParams): void {
  const accountSid = form.get("AccountSid");
  if (accountSid === null || accountSid === state.accountSid) return;
  throw new TwilioError(400, 20001, `AccountSid ${accountSid} is not a subaccount of ${state.accountSid}`);
}

/** https://www.twilio.com/docs/api/errors/21405 */
function checkFallback(number: IncomingPhoneNumber): void {
  if (number.voice_fallback_url === "" || number.voice_url !== "") return;
  throw new TwilioError(400, 21405, "VoiceFallbackUrl is set, but VoiceUrl is not");
}
