/**
 * The load: signed webhooks in Twilio's form, as the bytes that go over the socket. Each is about a call or text of its own, so none is a repeat.
 * Sources: https://www.twilio.com/docs/voice/twiml#request-parameters, https://www.twilio.com/docs/messaging/guides/webhook-request
 */
import { createHmac, randomBytes } from "node:crypto";
import { ACCOUNT_SID, AUTH_TOKEN, NUMBER, URLS } from "./account.ts";

/** A request, and the expected status of its answer. */
export interface SignedWebhook {
  readonly bytes: Buffer;
  readonly status: number;
}

type Parameters = Readonly<Record<string, string>>;
interface Kind {
  readonly url: string;
  readonly status: number;
  readonly parameters: () => Parameters;
}

const CALLER = "+12135550100";
const TEXTED = "+12135550101";
const PLACE = { City: "SPRINGFIELD", State: "IL", Zip: "62701", Country: "US" };

const INBOUND_CALL: Kind = { url: URLS.voiceUrl, status: 200, parameters: () => call("ringing") };
const CALL_STATUS: Kind = { url: URLS.statusCallback, status: 204, parameters: completedCall };
const INBOUND_TEXT: Kind = { url: URLS.smsUrl, status: 200, parameters: inboundText };
const TEXT_STATUS: Kind = { url: URLS.messageStatusCallback, status: 204, parameters: textStatus };

/** Ten webhooks: three calls, three ends of calls, two texts and two statuses of sent texts. */
const MIX: readonly Kind[] = [
  ...[INBOUND_CALL, CALL_STATUS, INBOUND_TEXT, TEXT_STATUS, INBOUND_CALL],
  ...[CALL_STATUS, INBOUND_TEXT, TEXT_STATUS, INBOUND_CALL, CALL_STATUS],
];

/** Makes webhooks in the proportions of {@link MIX}. */
export function signedWebhooks(count: number): SignedWebhook[] {
  return Array.from({ length: count }, (_, index) => signedWebhook(MIX[index % MIX.length] ?? INBOUND_CALL));
}

/** Makes an inbound call. */
export function signedCall(): SignedWebhook {
  return signedWebhook(INBOUND_CALL);
}

/** Signs a webhook by Twilio's description (https://www.twilio.com/docs/usage/webhooks/webhooks-security), without its library. */
function signedWebhook({ url, status, parameters }: Kind): SignedWebhook {
  const values = parameters();
  const names = Object.keys(values).sort();
  const signed = names.reduce((text, name) => `${text}${name}${values[name]}`, url);
  const signature = createHmac("sha1", AUTH_TOKEN).update(signed).digest("base64");
  return { status, bytes: requestBytes(new URL(url), signature, new URLSearchParams(values).toString()) };
}

/** The request with the headers that Twilio and the tunnel send. */
function requestBytes({ host, pathname }: URL, signature: string, body: string): Buffer {
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    "User-Agent: TwilioProxy/1.1",
    "Accept: */*",
    "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
    `Content-Length: ${body.length}`,
    "X-Forwarded-For: 192.0.2.1",
    "X-Forwarded-Proto: https",
    `X-Twilio-Signature: ${signature}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

function call(status: string): Parameters {
  return {
    AccountSid: ACCOUNT_SID,
    ApiVersion: "2010-04-01",
    CallSid: newSid("CA"),
    CallStatus: status,
    Direction: "inbound",
    From: CALLER,
    Caller: CALLER,
    To: NUMBER,
    Called: NUMBER,
    ...placeOf("From"),
    ...placeOf("To"),
  };
}

function completedCall(): Parameters {
  return {
    ...call("completed"),
    CallDuration: "42",
    Duration: "1",
    CallbackSource: "call-progress-events",
    SequenceNumber: "0",
    Timestamp: "Sun, 03 May 2026 00:00:00 +0000",
  };
}

function text(): Parameters {
  const sid = newSid("SM");
  return { AccountSid: ACCOUNT_SID, ApiVersion: "2010-04-01", MessageSid: sid, SmsSid: sid };
}

function inboundText(): Parameters {
  const common = text();
  return {
    ...common,
    SmsMessageSid: common.MessageSid ?? "",
    SmsStatus: "received",
    From: CALLER,
    To: NUMBER,
    Body: "Is the house on Elm Street still for sale?",
    NumMedia: "0",
    NumSegments: "1",
    ...placeOf("From"),
    ...placeOf("To"),
  };
}

function textStatus(): Parameters {
  return { ...text(), MessageStatus: "delivered", SmsStatus: "delivered", From: NUMBER, To: TEXTED };
}

function placeOf(prefix: string): Parameters {
  return Object.fromEntries(Object.entries(PLACE).map(([part, value]) => [`${prefix}${part}`, value]));
}

function newSid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString("hex")}`;
}
