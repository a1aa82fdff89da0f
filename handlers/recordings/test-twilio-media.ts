/** Twilio's hosts on 127.0.0.1, for the tests of the recordings. */
import { apiAccount } from "../start/validity.ts";
import { CREDENTIALS, TOKEN } from "../testing/manifest.ts";
import type { ApiAccount } from "../twilio/api-account.ts";
import type { MediaSettings } from "./media.ts";

/** The account of the tests, with these auth tokens. */
export const accountWith = (...tokens: readonly [string, ...string[]]): ApiAccount =>
  apiAccount({ ...CREDENTIALS, authTokens: tokens.map((token) => ({ token })) });

/** The account of the tests. */
export const ACCOUNT = accountWith(TOKEN);

/** The header that tells the endpoint which host the request was for. */
export const ASKED_HOST = "x-asked-host";

/** Makes a `fetch` that sends each request to an endpoint instead of its host. */
export function fetchFrom(endpointUrl: string): NonNullable<MediaSettings["fetch"]> {
  return (url, init) => {
    const headers = new Headers(init.headers);
    headers.set(ASKED_HOST, url.host);
    return fetch(new URL(`${url.pathname}${url.search}`, endpointUrl), { ...init, headers });
  };
}
