/** A manifest, an account, and webhooks signed as Twilio signs them, for the handler's tests. */
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest, type Manifest } from "../../hub/manifest.ts";
import { TEST_ROUTES } from "../../hub/testing/routes.ts";
import type { AnsweredEvent } from "../../hub/urls/routes.ts";
import type { Credentials } from "../start/credentials.ts";
import type { SignatureAlgorithm } from "../twilio/signature.ts";

const CONFIG = "Pulumi.loopback.yaml";
const StackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/** The manifest of the loopback stack with a pending path, and with the given config keys (named without `hub:`) replaced. */
export function testManifest(replaced: Readonly<Record<string, unknown>> = {}): Manifest {
  const { config } = StackFile.parse(parse(readFileSync(new URL(`../../${CONFIG}`, import.meta.url), "utf8")));
  const keys = Object.entries(config).map(([key, value]) => [key.replace(/^hub:/, ""), value]);
  return buildManifest(parseConfig({ ...Object.fromEntries(keys), ...replaced }, CONFIG), TEST_ROUTES);
}

/** The auth token that signs the webhooks of the tests. */
export const TOKEN = "token-of-the-tests";

/** An account that does not exist. */
export const CREDENTIALS: Credentials = {
  accountSid: "AC00000000000000000000000000000001",
  authTokens: [{ token: TOKEN }],
  signingKeys: [],
};

/** A request, for any host. */
export interface TestRequest {
  readonly target: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The parameters of an inbound call, as listed by https://www.twilio.com/docs/voice/twiml#request-parameters. */
export const CALL: Readonly<Record<string, string>> = {
  AccountSid: CREDENTIALS.accountSid,
  ApiVersion: "2010-04-01",
  CallSid: "CA00000000000000000000000000000002",
  CallStatus: "ringing",
  Direction: "inbound",
  From: "+12135550100",
  To: "+19497798471",
};

const { CallStatus, ...SID_AND_PARTIES } = CALL;
const { CallSid, ...PARTIES } = SID_AND_PARTIES;
const MessageSid = "SM00000000000000000000000000000004";

/** Parameters of each event, as listed by Twilio's pages on webhooks. */
export const PARAMETERS: Readonly<Record<AnsweredEvent, Readonly<Record<string, string>>>> = {
  "inbound-call": CALL,
  "call-status": { ...CALL, CallStatus: "completed", CallDuration: "42" },
  "recording-complete": {
    ...SID_AND_PARTIES,
    RecordingSid: "RE00000000000000000000000000000003",
    RecordingStatus: "completed",
    RecordingUrl: "https://elsewhere.example/recording",
  },
  transcription: {
    ...SID_AND_PARTIES,
    TranscriptionSid: "TR00000000000000000000000000000005",
    TranscriptionStatus: "completed",
    TranscriptionText: "Please call me back.",
  },
  "inbound-text": { ...PARTIES, MessageSid, Body: "¿Qué? 👋", NumMedia: "0" },
  "text-status": { ...PARTIES, MessageSid, MessageStatus: "delivered" },
};

/** The signature, computed from Twilio's description and not by its library, so that the tests can check the library's use. */
export function sign(
  url: string,
  parameters: Readonly<Record<string, string>> = {},
  secret = TOKEN,
  algorithm: SignatureAlgorithm = "HMAC_SHA1",
) {
  const names = Object.keys(parameters).sort();
  const signed = names.reduce((text, name) => `${text}${name}${parameters[name]}`, url);
  return createHmac(algorithm === "HMAC_SHA1" ? "sha1" : "sha256", secret)
    .update(signed)
    .digest("base64");
}

/**
 * A webhook that Twilio posts to a URL.
 *
 * @param target the request target that the host makes of the URL. Default: the URL's path and query
 */
export function formWebhook(
  url: string,
  parameters: Readonly<Record<string, string>> = CALL,
  target = url.slice(new URL(url).origin.length),
): TestRequest {
  return {
    target,
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      "x-twilio-signature": sign(url, parameters),
    },
    body: new URLSearchParams(parameters).toString(),
  };
}

/** A JSON webhook. Its signature covers the URL, which has the body's hash in its query. */
export function jsonWebhook(url: string, body: string): TestRequest {
  const signedUrl = `${url}?bodySHA256=${createHash("sha256").update(body).digest("hex")}`;
  return {
    target: signedUrl.slice(new URL(url).origin.length),
    method: "POST",
    headers: { "content-type": "application/json", "x-twilio-signature": sign(signedUrl) },
    body,
  };
}
