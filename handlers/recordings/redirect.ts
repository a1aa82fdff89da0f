/** Where a recording's download may lead. */

const API_ORIGIN = "https://api.twilio.com";
const DOMAINS = [".twilio.com", ".twiliocdn.com"];

/** Whether the account's credentials may go to a URL: to Twilio's API alone. */
export function mayHaveCredentials({ origin }: URL): boolean {
  return origin === API_ORIGIN;
}

/**
 * The URL that a redirect leads to, or undefined where that is not Twilio's: https, a host of Twilio's or of its media network, the usual
 * port, no credentials.
 *
 * @param location the value of `Location`, or null without one
 * @param from the URL that redirects
 */
export function redirectTarget(location: string | null, from: URL): URL | undefined {
  const target = location === null ? null : URL.parse(location, from.href);
  if (target === null) return undefined;
  const { protocol, hostname, port, username, password } = target;
  const isOurs = DOMAINS.some((domain) => hostname.endsWith(domain) && hostname.length > domain.length);
  const isPlain = protocol === "https:" && port === "" && username === "" && password === "";
  return isOurs && isPlain ? target : undefined;
}
