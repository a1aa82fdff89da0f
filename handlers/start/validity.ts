/** Which credentials are valid at a moment, and what each is used for. A running handler asks again each time, so a key begins and ends without a restart. */
import type { ApiAccount, Login } from "../twilio/api-account.ts";
import type { Credentials } from "./credentials.ts";

/** The tokens that may sign at this moment. A running handler drops the previous token when its promotion ends. */
export function validTokens({ authTokens }: Pick<Credentials, "authTokens">, now: Date): string[] {
  return authTokens
    .filter(({ validUntil }) => validUntil === undefined || now.getTime() < validUntil.getTime())
    .map(({ token }) => token);
}

/** The keys that the gate file may be signed with: its own if the config declares one, or else the valid auth tokens. */
export function gateFileKeys({ gateFileKey, ...credentials }: Credentials, now: Date): string[] {
  return gateFileKey === undefined ? validTokens(credentials, now) : [gateFileKey];
}

/**
 * The account for Twilio's REST API. With an API key, only the key is used. Otherwise the first token is tried first; it is the one that stays after a
 * promotion's steps.
 *
 * @throws Error if the credentials hold neither an API key nor an auth token
 */
export function apiAccount(credentials: Credentials): ApiAccount {
  const { accountSid, apiKey } = credentials;
  if (apiKey !== undefined) {
    const login: Login = { username: apiKey.sid, password: apiKey.secret };
    return { accountSid, logins: () => [login] };
  }
  const [first] = credentials.authTokens;
  if (first === undefined) throw new Error("no API key and no auth token: Twilio's API cannot be called");
  const loginWith = (token: string): Login => ({ username: accountSid, password: token });
  const others = () => validTokens(credentials, new Date()).filter((token) => token !== first.token);
  return { accountSid, logins: () => [loginWith(first.token), ...others().map(loginWith)] };
}
