/**
 * The account's access to Twilio's REST API: an API key, or the auth tokens of a promotion. Twilio accepts the primary token and the secondary one, and
 * after the promotion no longer the old one.
 *
 * Sources: https://www.twilio.com/docs/iam/api-keys and https://www.twilio.com/docs/iam/api/authtoken
 */
import { discardBody } from "../worker/response-body.ts";

/** A user name and password for the API: an API key's SID and secret, or the account's SID and an auth token. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The account that requests to the API are for, and its credentials. */
export interface ApiAccount {
  /** `AC` and 32 lower-case hex digits. It is in the URL, whatever the login. */
  readonly accountSid: string;
  /** The logins that are valid at the moment of a request. The first is tried first. */
  readonly logins: () => readonly [Login, ...Login[]];
}

/** The status with which Twilio refuses a login. It says nothing about the request, which was not carried out. */
export const WRONG_LOGIN = 401;

/** The last password that Twilio did not refuse, by account. So a promotion costs one refused request, and not one each time. */
const lastAccepted = new WeakMap<ApiAccount, string>();

/**
 * Sends a request with one valid login after another, until Twilio does not refuse the login.
 *
 * @param send sends the request once, with this value of `Authorization`
 * @returns Twilio's answer; a 401 if it refused every login
 * @throws the error of `send`
 */
export async function sendAuthorised(
  account: ApiAccount,
  send: (authorization: string) => Promise<Response>,
): Promise<Response> {
  const [first, ...others] = loginsOf(account);
  let login = first;
  let answer = await send(basic(login));
  for (const next of others) {
    if (answer.status !== WRONG_LOGIN) break;
    await discardBody(answer);
    login = next;
    answer = await send(basic(login));
  }
  if (answer.status !== WRONG_LOGIN) lastAccepted.set(account, login.password);
  return answer;
}

/** The valid logins, first the one that was accepted last. */
function loginsOf(account: ApiAccount): readonly [Login, ...Login[]] {
  const logins = account.logins();
  const accepted = lastAccepted.get(account);
  const last = logins.find(({ password }) => password === accepted);
  return last === undefined ? logins : [last, ...logins.filter((login) => login !== last)];
}

function basic({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
