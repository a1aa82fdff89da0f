/**
 * What a credential looks like where it stands in the open. Source: the domain document, "Feedback rules", feedback_no_plaintext_creds: the
 * account SID and the auth token are `op://Aurora/twilio/…`, "never hardcode in handler or config".
 */

/** The 1Password vault of the hub's credentials: the domain document, "Quick reference", names no other. */
export const VAULT = "Aurora";

/** Shapes that are credentials wherever they stand. None of their messages shows the value. */
const SHAPES: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/],
  // https://discord.com/developers/docs/resources/webhook: the URL holds the webhook's token.
  ["a Discord webhook's URL", /discord(app)?\.com\/api\/(v\d+\/)?webhooks\/\d+\/[\w-]+/i],
  ["a Slack webhook's URL", /hooks\.slack\.com\/(services|workflows)\/\w+/i],
  ["a bearer token", /\bbearer\s+[\w.~+/=-]{8,}/i],
  ["basic credentials", /\bbasic\s+[A-Za-z0-9+/]{16,}={0,2}/i],
  // https://developer.1password.com/docs/service-accounts/
  ["a 1Password service account's token", /\bops_[\w-]{20,}/],
  ["a URL with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:[^\s@/]+@/i],
  // https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
  ["a GitHub token", /\b(gh[oprsu]_\w{30,}|github_pat_\w{22,})/],
  ["a Slack token", /\bxox[a-z]-[\w-]{10,}/],
  ["a Supabase key", /\bsb_secret_[\w-]{10,}/],
  ["a JSON Web Token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/],
  // https://www.twilio.com/docs/glossary/what-is-a-sid. Not secret by itself; the domain document keeps it in the vault.
  ["a Twilio account SID", /\bAC[0-9a-f]{32}\b/],
];

/** A name that a credential has, as words: `authToken`, `TWILIO_API_KEY`, `client-secret`. */
const CREDENTIAL_NAME =
  /(^| )(tokens?|passwords?|passwd|passphrase|secrets?|credentials?|api keys?|private keys?|auth)( |$)/;

/** Long, without spaces, of letters and digits both: an auth token (32 hex), an API key's secret, a Cloudflare token (40 characters). */
const OPAQUE = /^(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[\w.+/=~-]{20,}$/;

/** The same within a text, after its name: `TWILIO_AUTH_TOKEN=…`, `"password": "…"`. */
const NAMED_WITHIN =
  /(token|password|passwd|passphrase|secret|credential|api[_-]?key)["']?\s*[=:]\s*["']?(?=[\w.+/~-]*\d)[\w.+/~-]{20,}/i;

/** The vault of every reference within a text (https://developer.1password.com/docs/cli/secret-reference-syntax/). */
const REFERENCE = /\bop:\/\/([^/'"\s]*)/gi;

/**
 * What credential a value is or holds, or undefined where it looks like none. A name alone is none, nor is a 1Password reference.
 *
 * @param name the name of the property, the variable or the key that holds it
 */
export function credentialIn(name: string, value: string): string | undefined {
  const shape = SHAPES.find(([, pattern]) => pattern.test(value))?.[0];
  if (shape !== undefined) return shape;
  if (CREDENTIAL_NAME.test(wordsOf(name)) && OPAQUE.test(value)) return "a credential, by its name and its look";
  return NAMED_WITHIN.test(value) ? "a text with a credential in it" : undefined;
}

/** The first vault that a text refers to and that is not the hub's; undefined where there is none. */
export function foreignVault(text: string): string | undefined {
  return [...text.matchAll(REFERENCE)].map(([, vault = ""]) => vault).find((vault) => vault !== VAULT);
}

function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[^A-Za-z0-9]+/g, " ")
    .toLowerCase();
}
