/**
 * Recognizes credentials in plain text. Source: docs/domain.md#no-plaintext-credentials: the account SID and the auth token are
 * `op://Aurora/twilio/…`, "never hardcode in handler or config".
 */

/** The 1Password vault of the hub's credentials: docs/domain.md#quick-reference names only this one. */
export const VAULT = "Aurora";

/** Forms that are credentials wherever they appear. No message shows the value. */
const SHAPES: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----/],
  // https://discord.com/developers/docs/resources/webhook: the URL holds the webhook's token.
  ["a Discord webhook's URL", /discord(app)?\.com\/api\/(v\d+\/)?webhooks\/\d+\/[\w-]+/i],
  ["a Slack webhook's URL", /hooks\.slack\.com\/(services|workflows)\/\w+/i],
  // Prose also contains both words. A token has a digit, or is long, or follows the header's name.
  ["a bearer token", /\bbearer\s+((?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}|[\w.~+/=-]{24,})/i],
  ["a bearer token", /authorization["']?\s*[:=]\s*["']?bearer\s+[\w.~+/=-]{8,}/i],
  ["basic credentials", /\b[Bb]asic\s+(?=[A-Za-z0-9+/]+[A-Z0-9])[A-Za-z0-9+/]{16,}={0,2}/],
  // https://developer.1password.com/docs/service-accounts/
  ["a 1Password service account's token", /\bops_[\w-]{20,}/],
  // https://support.1password.com/secret-key-security/
  ["a 1Password secret key", /\bA3-[A-Z0-9]{6}-([A-Z0-9]{5,11}-?){4,5}\b/],
  ["a URL with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:[^\s@/]+@/i],
  // https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
  ["a GitHub token", /\b(gh[oprsu]_\w{30,}|github_pat_\w{22,})/],
  ["a Slack token", /\bxox[a-z]-[\w-]{10,}/],
  ["a Supabase key", /\bsb_secret_[\w-]{10,}/],
  // https://supabase.com/docs/reference/api/introduction
  ["a Supabase access token", /\bsbp_[\w-]{20,}/],
  // https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/
  ["a Cloudflare API token", /\bcf(k|ut|at)_[A-Za-z0-9]{40,}/],
  // https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/
  ["a Cloudflare Origin CA key", /\bv1\.0-[0-9a-f]{24}-[0-9a-f]{100,}/],
  // JSON in base64, with the account `a`, the tunnel `t` and its secret `s` in any order (cloudflared, `connection/connection.go`, TunnelToken).
  ["a Cloudflare tunnel's token", /\beyJ(hI|0I|zI)joi[A-Za-z0-9+/_-]{60,}={0,2}/],
  // https://tailscale.com/kb/1277/key-prefixes
  ["a Tailscale key", /\btskey-([a-z]+-)?(?=[A-Za-z0-9-]*\d)[A-Za-z0-9]{6,}(-[A-Za-z0-9]+)*/],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  ["an AWS access key's ID", /(?<![A-Za-z0-9])(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/],
  // https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/
  ["a Pulumi access token", /\bpul-[0-9a-f]{40}/],
  // https://docs.npmjs.com/about-access-tokens
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}/],
  // https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview
  ["a HubSpot access token", /\bpat-[a-z]{2,3}\d-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/],
  ["a JSON Web Token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/],
  // https://www.twilio.com/docs/glossary/what-is-a-sid. Neither SID is secret; the domain document keeps the first in the vault.
  ["a Twilio account SID", /(?<![A-Za-z0-9])AC[0-9a-f]{32}(?![A-Za-z0-9])/],
  ["a Twilio API key's SID", /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/],
];

/** The name of a credential, as words: `authToken`, `TWILIO_AUTHTOKEN`, `client-secret`, `token1`. */
const CREDENTIAL_NAME = new RegExp(
  "(^| )((auth ?)?tokens?|passwords?|passwd|pwd|passphrase|secrets?|credentials?|" +
    "(api|private|signing|access|encryption|shared|master|service|role) ?keys?)\\d*( |$)|(^| )auth$",
);

/** A name whose last word shows that the value only describes a credential: `webhookSecretName`, `OP_SERVICE_ACCOUNT_TOKEN_FILE`. */
const ABOUT_ONE = / (name|file|path|folder|url|uri|domain|type|kind|policy|reference)$/;

const PASSWORD_NAME = /(^| )(password|passwd|pwd|passphrase)\d*$/;

/** A value that is not a credential but points to one, or to something else: a reference, a variable, a URL, a path, a host, a digest. */
const ELSEWHERE = /^(op:\/\/|\$|[a-z][a-z0-9+.-]*:\/\/|\.{0,2}\/|sha256:|([a-z0-9-]+\.)+[a-z]{2,}$)/;

/** Long, without spaces, with letters and digits both: an auth token (32 hex), an API key's secret, a Cloudflare token (40 characters). */
const OPAQUE = /^(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])\S{20,}$/;

/** A password may be shorter, but no word of prose looks like this. */
const PASSWORD = /^(?=.*[^A-Za-z])\S{8,}$/;

/** A credential inside a text, after its name: `TWILIO_AUTH=…`, `"password": "…"`. */
const NAMED_WITHIN =
  /(token|secret|credential|auth|(api|access|signing|private)[_-]?key)\d*["']?\s*[=:]\s*["']?(?![./$]|op:)(?=[\w.+/~-]*\d)(?=[\w.+/~-]*[A-Za-z])[\w.+/~-]{20,}/i;
const PASSWORD_WITHIN = /(password|passwd|pwd|passphrase)["']?\s*[=:]\s*["']?(?![./$]|op:)(?=[^\s"']*\d)[^\s"']{8,}/i;

/** A credential as an option of a command: `curl -u user:…`, `--auth …`. */
const OPTION_WITHIN =
  /(^|\s)(-u|--user|--[\w-]*(auth|token|password|secret|key))[\s=]+["']?([^\s:"']*:)?(?![./$]|op:)(?=[\w.+/=~-]*\d)(?=[\w.+/=~-]*[A-Za-z])[\w.+/=~-]{16,}/i;
const WITHIN = [NAMED_WITHIN, PASSWORD_WITHIN, OPTION_WITHIN];

/** A reference inside a text; the group is its vault (https://developer.1password.com/docs/cli/secret-reference-syntax/). */
const REFERENCE = /\bop:\/\/([^/'"\s]*)/gi;

/**
 * The kind of credential that a value is or holds, or undefined if it does not look like one. A name alone does not count as one, nor does a
 * 1Password reference.
 *
 * @param name the name of the property, variable or key that holds the value
 */
export function credentialIn(name: string, value: string): string | undefined {
  const shape = SHAPES.find(([, pattern]) => pattern.test(value))?.[0];
  if (shape !== undefined) return shape;
  if (isNamedCredential(wordsOf(name), value)) return "a credential, by its name and its look";
  return WITHIN.some((pattern) => pattern.test(value)) ? "a text with a credential in it" : undefined;
}

function isNamedCredential(words: string, value: string): boolean {
  if (ELSEWHERE.test(value) || ABOUT_ONE.test(words)) return false;
  return (CREDENTIAL_NAME.test(words) && OPAQUE.test(value)) || (PASSWORD_NAME.test(words) && PASSWORD.test(value));
}

/** The first vault in a text's references other than the hub's; undefined if no other vault occurs. */
export function foreignVault(text: string): string | undefined {
  return [...text.matchAll(REFERENCE)].map(([, vault = ""]) => vault).find((vault) => vault !== VAULT);
}

function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[^A-Za-z0-9]+/g, " ")
    .toLowerCase();
}
