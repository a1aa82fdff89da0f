/** The forms of the credentials that the vendors issue. Each is checked where it is read, so that a wrong copy is found by its reference. */
import { sidPattern } from "./values.ts";

/**
 * The reason why the value behind a reference is not a credential of its kind, or undefined if it can be one. It does not show the value.
 *
 * @param reference the 1Password reference that the value was read from
 */
export type ValueProblem = (reference: string, value: string) => string | undefined;

/** Visible ASCII: a token is one word that fits into a header. */
const TOKEN = /^[\x21-\x7e]+$/;

const ACCOUNT_SID = sidPattern("AC");
const API_KEY_SID = sidPattern("SK");

/** The fewest characters of a key that a person makes. `openssl rand -hex 32` prints 64. */
const LEAST_KEY_LENGTH = 32;

/**
 * Whether a value can be a token. A blank or a line end that was copied along with it makes it another key: no signature made with it verifies, and no
 * vendor accepts it.
 */
export function isToken(value: string): boolean {
  return TOKEN.test(value);
}

/** The problem of a token's value: it is empty, or {@link isToken} refuses it. */
export const tokenProblem: ValueProblem = (reference, value) => {
  if (value === "") return `${reference}: the value is empty; set it in 1Password`;
  if (isToken(value)) return undefined;
  return wrong(reference, "a token without blanks, line ends and characters other than ASCII");
};

/** The problem of the value of a Twilio account's SID. */
export const accountSidProblem: ValueProblem = (reference, value) =>
  ACCOUNT_SID.test(value) ? undefined : wrong(reference, "an account SID, AC and 32 lower-case hex digits");

/** The problem of the value of a Twilio API key's SID (https://www.twilio.com/docs/iam/api-keys). */
export const apiKeySidProblem: ValueProblem = (reference, value) =>
  API_KEY_SID.test(value) ? undefined : wrong(reference, "an API key's SID, SK and 32 lower-case hex digits");

/** The problem of the value of the gate file's key. A short key could be guessed from one gate file. */
export const gateFileKeyProblem: ValueProblem = (reference, value) =>
  tokenProblem(reference, value) ??
  (value.length < LEAST_KEY_LENGTH
    ? wrong(reference, `a key of at least ${LEAST_KEY_LENGTH} characters, as \`openssl rand -hex 32\` makes it`)
    : undefined);

function wrong(reference: string, form: string): string {
  return `${reference}: expected ${form} (the value is not shown); correct it in 1Password`;
}
