/** The parameters of a webhook, read from its body. */
import { isParameterName } from "../../hub/urls/parameter-names.ts";

/**
 * Parameters by name. A repeated name has all its values, in their order. The object has no prototype, so even `__proto__` is an ordinary
 * name.
 */
export type WebhookParameters = Record<string, string | string[]>;

/** The `Direction` of a call that was placed over Twilio's API (https://www.twilio.com/docs/voice/twiml#request-parameters). */
export const OUTBOUND_CALL = "outbound-api";

/** The most parameters of a form. The pages on Twilio's webhooks list far fewer, ten media of a text included. */
export const MAX_PARAMETERS = 256;

const AMPERSAND = 0x26;

/** Whether a form has more than {@link MAX_PARAMETERS} pairs. It counts the separators of the raw bytes, and decodes nothing. */
export function hasTooManyPairs(body: Uint8Array): boolean {
  let separators = 0;
  for (let at = body.indexOf(AMPERSAND); at !== -1; at = body.indexOf(AMPERSAND, at + 1)) {
    separators += 1;
    if (separators >= MAX_PARAMETERS) return true;
  }
  return false;
}

/**
 * The parameters of an `application/x-www-form-urlencoded` body. Any text can be read so.
 * Source: https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function formParameters(body: string): WebhookParameters {
  const parameters = emptyParameters();
  // URLSearchParams drops a leading "?", which is part of the first name in a body. The empty pair before it prevents that.
  for (const [name, value] of new URLSearchParams(`&${body}`)) add(parameters, name, value);
  return parameters;
}

/** The members of a JSON object that are strings. Any other body has no parameters. */
export function jsonParameters(body: string): WebhookParameters {
  const parameters = emptyParameters();
  for (const [name, value] of Object.entries(parseObject(body))) {
    if (typeof value === "string") add(parameters, name, value);
  }
  return parameters;
}

/**
 * Whether every name has the form of Twilio's names. The signed string is a plain concatenation, so its borders can be moved: `/voice` with a
 * parameter `/statusAccountSid` has the signature of `/voice/status` with `AccountSid`. A name of this form cannot hold the end of a URL: no
 * manifest has two URLs of which one is the other plus text that such a name could begin with.
 */
export function areWellFormed(parameters: Readonly<WebhookParameters>): boolean {
  return Object.keys(parameters).every(isParameterName);
}

function emptyParameters(): WebhookParameters {
  return Object.create(null);
}

function add(parameters: WebhookParameters, name: string, value: string): void {
  const known = parameters[name];
  if (known === undefined) parameters[name] = value;
  else if (typeof known === "string") parameters[name] = [known, value];
  else known.push(value);
}

function parseObject(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
