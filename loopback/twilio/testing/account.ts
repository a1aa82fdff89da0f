/** The account in the tests of Twilio's API, and requests to it. */
import { type TwilioApi, twilioApi } from "../api/api.ts";
import { twilioState } from "../state.ts";

/** The account's SID. */
export const ACCOUNT = `AC${"0".repeat(32)}`;
/** The account's auth token. */
export const TOKEN = "made-up-token";
/** The account's number, and its SID. */
export const OWN = "+19497798471";
export const OWN_SID = `PN${"1".repeat(32)}`;
/** The number of somebody else. */
export const PERSON = "+13105550100";
/** The account's URL in the 2010-04-01 API. */
export const ACCOUNT_URL = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}`;
/** The Authorization header with the account's credentials. */
export const AUTHORIZATION = basic(`${ACCOUNT}:${TOKEN}`);

type Numbers = Parameters<typeof twilioState>[0]["numbers"];

/** A new API of the account; it has one number unless others are given. */
export function testApi(numbers: Numbers = [{ sid: OWN_SID, phone_number: OWN }]): TwilioApi {
  return twilioApi(twilioState({ accountSid: ACCOUNT, authToken: TOKEN, numbers }));
}

/** The header for `user:password` credentials. */
export function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

/** How a request differs from a GET with the API's own credentials. */
export interface RequestOptions {
  /** POST if there is a form, otherwise GET. */
  readonly method?: string;
  readonly form?: Record<string, string> | [string, string][] | URLSearchParams;
  /** The whole header. */
  readonly authorization?: string;
}

/** Sends a request to an API in this process. */
export function send(twilio: TwilioApi, url: string, options: RequestOptions = {}): Promise<Response> {
  const { accountSid, authToken } = twilio.state;
  const { form, method = form === undefined ? "GET" : "POST" } = options;
  const { authorization = basic(`${accountSid}:${authToken}`) } = options;
  const body = form === undefined ? null : new URLSearchParams(form);
  return twilio.fetch(new Request(url, { method, headers: { Authorization: authorization }, body }));
}

/** Sends a request, and parses the answer; `json` is undefined if the answer has no body. */
export async function callApi(
  twilio: TwilioApi,
  url: string,
  options?: RequestOptions,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const response = await send(twilio, url, options);
  const text = await response.text();
  return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
}
