/**
 * Messaging services and their sender pools.
 * Sources: https://www.twilio.com/docs/messaging/api/service-resource and https://www.twilio.com/docs/messaging/api/phonenumber-resource
 */
import type { IncomingPhoneNumber } from "../incoming-phone-number.ts";
import type { MessagingService, ServicePhoneNumber } from "../messaging-records.ts";
import { numberOf, type TwilioState } from "../state.ts";
import { isoDate, newSid, pathSegment } from "../values.ts";

/** The fields of a service that a request can set. */
export type ServiceSettings = Omit<
  MessagingService,
  "sid" | "account_sid" | "sending_windows" | "date_created" | "date_updated" | "url" | "links"
>;

/** Adds a service to the account. Twilio's defaults replace the missing settings. */
export function addMessagingService(
  state: TwilioState,
  settings: Partial<ServiceSettings> & Pick<ServiceSettings, "friendly_name">,
): MessagingService {
  const sid = newSid("MG");
  const now = isoDate(new Date());
  const url = `https://messaging.twilio.com/v1/Services/${sid}`;
  const service = {
    sid,
    account_sid: state.accountSid,
    ...DEFAULTS,
    ...settings,
    sending_windows: [],
    date_created: now,
    date_updated: now,
    url,
    links: serviceLinks(url),
  };
  state.services.set(sid, service);
  return service;
}

const DEFAULTS = {
  inbound_request_url: null,
  inbound_method: "POST",
  fallback_url: null,
  fallback_method: "POST",
  status_callback: null,
  sticky_sender: true,
  mms_converter: true,
  smart_encoding: true,
  scan_message_content: "inherit",
  fallback_to_long_code: true,
  area_code_geomatch: true,
  synchronous_validation: false,
  validity_period: 14400,
  usecase: "undeclared",
  use_inbound_webhook_on_number: false,
};

function serviceLinks(url: string): Record<string, string> {
  const names = ["phone_numbers", "short_codes", "alpha_senders", "messages", "channel_senders"];
  return {
    ...Object.fromEntries([...names, "destination_alpha_senders"].map((name) => [name, `${url}/${pathSegment(name)}`])),
    us_app_to_person: `${url}/Compliance/Usa2p`,
    us_app_to_person_usecases: `${url}/Compliance/Usa2p/Usecases`,
  };
}

/** Removes a service, and its numbers from its sender pool. */
export function removeMessagingService(state: TwilioState, { sid }: MessagingService): void {
  state.services.delete(sid);
  for (const sender of sendersOf(state, sid)) state.senders.delete(sender.sid);
}

/** Puts one of the account's numbers into a service's sender pool, and takes it out of any other pool. */
export function addSender(
  state: TwilioState,
  service: MessagingService,
  { sid, phone_number, capabilities }: IncomingPhoneNumber,
): ServicePhoneNumber {
  const now = isoDate(new Date());
  const sender = {
    sid,
    account_sid: state.accountSid,
    service_sid: service.sid,
    phone_number,
    country_code: "US",
    capabilities: [
      ...(capabilities.mms ? ["MMS"] : []),
      ...(capabilities.sms ? ["SMS"] : []),
      ...(capabilities.voice ? ["Voice"] : []),
    ],
    date_created: now,
    date_updated: now,
    url: `${service.url}/PhoneNumbers/${sid}`,
  };
  state.senders.set(sid, sender);
  return sender;
}

/** The numbers in a service's sender pool. */
export function sendersOf(state: TwilioState, serviceSid: string): ServicePhoneNumber[] {
  return [...state.senders.values()].filter(({ service_sid }) => service_sid === serviceSid);
}

/** The service in whose sender pool a phone number is; undefined if it is in none. */
export function serviceOf(state: TwilioState, phoneNumber: string): MessagingService | undefined {
  const sender = state.senders.get(numberOf(state, phoneNumber)?.sid ?? "");
  return sender && state.services.get(sender.service_sid);
}
