/** Decides which redirects a recording's download may follow. */

const API_ORIGIN = "https://api.twilio.com";
const DOMAINS = [".twilio.com", ".twiliocdn.com"];

/** Whether the account's credentials may be sent to a URL: only to Twilio's API. */
export function mayHaveCredentials({ origin }: URL): boolean {
  return origin === API_ORIGIN;
}

/**
 * Returns the target of a redirect, or undefined if it is not allowed. An allowed target is an https URL on a host of Twilio or of its media
 * network, with the default port and without credentials.
 *
 * @param location the value of `Location`, or null if the header is missing
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
