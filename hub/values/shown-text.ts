/** Texts as an error's or a violation's message shows them: what was found, and never a secret. */
import { credentialIn } from "./credentials.ts";

const URLS = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s"'\\,;)\]}]*)/gi;

/** A run of letters and digits both, long enough for a key, a token or a SID. */
const OPAQUE = /(?<![\w+=~])(?=[\w+=~-]*\d)(?=[\w+=~-]*[A-Za-z])[\w+=~-]{20,}/;

/**
 * A text in quotes, each URL in it without what may carry a credential: `http://user:word@host:1/path?key` is `http://…`, and
 * `https://host/path` is `https://host/…`. Where it may be or hold a secret by itself, that it is not shown.
 */
export function shownText(text: string): string {
  const bare = text.replace(URLS, (_all, scheme: string, rest: string) => `${scheme}${shownHost(rest)}`);
  const isSecret = OPAQUE.test(bare) || credentialIn("", bare) !== undefined;
  return isSecret ? "a text that is not shown, since it may hold a secret" : JSON.stringify(bare);
}

/** The host of what stands behind a URL's scheme; nothing where something may stand before it. */
function shownHost(rest: string): string {
  if (rest.includes("@")) return "…";
  const [host = ""] = rest.split(/[/?#]/);
  return host.length === rest.length ? host : `${host}/…`;
}
