/**
 * The parameters of Twilio's webhooks.
 * Sources: https://www.twilio.com/docs/voice/twiml#request-parameters,
 * https://www.twilio.com/docs/messaging/guides/webhook-request and
 * https://www.twilio.com/docs/voice/api/call-resource#statuscallback
 */
import type { CallResource, MessageResource } from "../records.ts";

type Params = Record<string, string>;

const FROM_PLACE = { City: "SPRINGFIELD", State: "IL", Zip: "62701", Country: "US" };
const TO_PLACE = { City: "NEWPORT BEACH", State: "CA", Zip: "92660", Country: "US" };

/** The parameters of an inbound call's webhook. Every later event of a call has them too. */
export function callParams(call: CallResource): Params {
  return {
    AccountSid: call.account_sid,
    ApiVersion: call.api_version,
    CallSid: call.sid,
    CallStatus: "ringing",
    Direction: call.direction,
    From: call.from,
    Caller: call.from,
    To: call.to,
    Called: call.to,
    ...place("From", FROM_PLACE),
    ...place("Caller", FROM_PLACE),
    ...place("To", TO_PLACE),
    ...place("Called", TO_PLACE),
  };
}

/** The parameters of an inbound text's webhook. */
export function textParams(message: MessageResource): Params {
  return {
    AccountSid: message.account_sid,
    ApiVersion: message.api_version,
    MessageSid: message.sid,
    SmsSid: message.sid,
    SmsMessageSid: message.sid,
    SmsStatus: "received",
    From: message.from ?? "",
    To: message.to,
    Body: message.body,
    NumMedia: message.num_media,
    NumSegments: message.num_segments,
    ...(message.messaging_service_sid !== null && { MessagingServiceSid: message.messaging_service_sid }),
    ...place("From", FROM_PLACE),
    ...place("To", TO_PLACE),
  };
}

/** The further parameters of a finished call: its length in seconds, and in started minutes. */
export function durationParams(seconds: number): Params {
  return { CallDuration: String(seconds), Duration: String(Math.ceil(seconds / 60)) };
}

function place(prefix: string, where: Readonly<Params>): Params {
  return Object.fromEntries(Object.entries(where).map(([part, value]) => [`${prefix}${part}`, value]));
}
