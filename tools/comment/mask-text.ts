/** Masks free text from the engine or a policy before others than the person who ran it can read it. */
import { maskNumber } from "../../handlers/log/mask.ts";

const MASKED = "[secret]";

/** An account's SID, or hex digits as long as an auth token (32) or a key (64). A digest is spared: it begins with `sha256:`. */
const CREDENTIAL = /\bAC[0-9a-f]{32}\b|(?<!sha256:)\b[0-9a-f]{32}(?:[0-9a-f]{32})?\b/gi;
const PHONE_NUMBER = /\+[1-9]\d{6,14}\b/g;
/** The password of a URL, and the token of a Discord webhook. */
const URL_SECRET = /(?<=:\/\/[^\s/:@]*:)[^\s/@]+(?=@)|(?<=\/api\/webhooks\/\d+\/)[\w-]+/g;

/** The text with account SIDs, possible credentials and phone numbers masked. */
export function maskText(text: string): string {
  return text.replace(URL_SECRET, MASKED).replace(CREDENTIAL, MASKED).replace(PHONE_NUMBER, maskNumber);
}
