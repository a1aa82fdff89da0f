/** The parameters of a webhook, read from its body. */

/**
 * Parameters by name; a name that stands more than once has all its values, in their order. Made without a prototype, so that no name
 * (`__proto__`) means anything else than itself.
 */
export type WebhookParameters = Record<string, string | string[]>;

/** What Twilio calls the direction of a call that was placed over its API (https://www.twilio.com/docs/voice/twiml#request-parameters). */
export const OUTBOUND_CALL = "outbound-api";

/** What every parameter's name of Twilio looks like (`AccountSid`, `AddOns`, `Digits`, `MediaUrl0`). */
const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_.]*$/;

/**
 * The parameters of an `application/x-www-form-urlencoded` body. It takes any text.
 * Source: https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function formParameters(body: string): WebhookParameters {
  const parameters = emptyParameters();
  // URLSearchParams drops a leading "?", which in a body is a part of the first name; an empty pair before it means nothing.
  for (const [name, value] of new URLSearchParams(`&${body}`)) add(parameters, name, value);
  return parameters;
}

/** The members of a JSON object that are strings. Of any other body there are none. */
export function jsonParameters(body: string): WebhookParameters {
  const parameters = emptyParameters();
  for (const [name, value] of Object.entries(parseObject(body))) {
    if (typeof value === "string") add(parameters, name, value);
  }
  return parameters;
}

/**
 * Whether every name is one that Twilio gives. The signed string is a plain concatenation, so its borders can be moved: `/voice` with a
 * parameter `/statusAccountSid` has the signature of `/voice/status` with `AccountSid`. No moved path can stand in such a name.
 */
export function areWellFormed(parameters: Readonly<WebhookParameters>): boolean {
  return Object.keys(parameters).every((name) => PARAMETER_NAME.test(name));
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
