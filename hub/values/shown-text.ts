/** Texts as the message of an error or a violation shows them: the value found, but never a secret. */
import { credentialIn } from "./credentials.ts";

const URLS = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s"'\\,;)\]}]*)/gi;

/** A run with both letters and digits, long enough for a key, a token or a SID. */
const OPAQUE = /(?<![\w+=~])(?=[\w+=~-]*\d)(?=[\w+=~-]*[A-Za-z])[\w+=~-]{20,}/;

/**
 * A text in quotes. Each URL in it is cut, because it may hold a credential: `http://user:word@host:1/path?key` becomes `http://…`, and
 * `https://host/path` becomes `https://host/…`. If the rest may still hold a secret, the result says only that the text is not shown.
 */
export function shownText(text: string): string {
  const bare = text.replace(URLS, (_all, scheme: string, rest: string) => `${scheme}${shownHost(rest)}`);
  const isSecret = OPAQUE.test(bare) || credentialIn("", bare) !== undefined;
  return isSecret ? "a text that is not shown, since it may hold a secret" : JSON.stringify(bare);
}

/** The host of a URL without its scheme, or only `…` if something may come before the host. */
function shownHost(rest: string): string {
  if (rest.includes("@")) return "…";
  const [host = ""] = rest.split(/[/?#]/);
  return host.length === rest.length ? host : `${host}/…`;
}
