/**
 * The account's access to Twilio's REST API, with the auth tokens of a promotion. Twilio accepts the primary token and the secondary one, and after the
 * promotion no longer the old one (https://www.twilio.com/docs/iam/api/authtoken).
 */
import { discardBody } from "../worker/response-body.ts";

/** The credentials of the account for requests to the API. */
export interface ApiAccount {
  /** `AC` and 32 lower-case hex digits. */
  readonly accountSid: string;
  /** The token that is tried first. */
  readonly authToken: string;
  /** The other tokens that are valid at the moment of a request. */
  readonly otherTokens?: (() => readonly string[]) | undefined;
}

/** The status with which Twilio refuses a token. It says nothing about the request, which was not carried out. */
export const WRONG_TOKEN = 401;

/** The last token that Twilio did not refuse, by account. So a promotion costs one refused request, and not one each time. */
const lastAccepted = new WeakMap<ApiAccount, string>();

/**
 * Sends a request with one valid token after another, until Twilio does not refuse the token.
 *
 * @param send sends the request once, with this value of `Authorization`
 * @returns Twilio's answer; a 401 if it refused every token
 * @throws the error of `send`
 */
export async function sendAuthorised(
  account: ApiAccount,
  send: (authorization: string) => Promise<Response>,
): Promise<Response> {
  const [first, ...others] = tokensOf(account);
  let token = first;
  let answer = await send(basic(account, token));
  for (const next of others) {
    if (answer.status !== WRONG_TOKEN) break;
    await discardBody(answer);
    token = next;
    answer = await send(basic(account, token));
  }
  if (answer.status !== WRONG_TOKEN) lastAccepted.set(account, token);
  return answer;
}

/** The valid tokens, first the one that was accepted last. */
function tokensOf(account: ApiAccount): readonly [string, ...string[]] {
  const { authToken, otherTokens = () => [] } = account;
  const others = otherTokens();
  const last = lastAccepted.get(account);
  if (last === undefined || !others.includes(last)) return [authToken, ...others];
  return [last, authToken, ...others.filter((token) => token !== last)];
}

function basic({ accountSid }: ApiAccount, token: string): string {
  return `Basic ${Buffer.from(`${accountSid}:${token}`).toString("base64")}`;
}
