/** Masks free text of the engine or a policy, before it is shown to more people than the one who ran it. */
import { maskNumber } from "../../handlers/log/mask.ts";

const MASKED = "[secret]";

/** An account's SID, and what is as long as an auth token (32 hex digits) or a key (64). A digest stays: it says so in front. */
const CREDENTIAL = /\bAC[0-9a-f]{32}\b|(?<!sha256:)\b[0-9a-f]{32}(?:[0-9a-f]{32})?\b/gi;
const PHONE_NUMBER = /\+[1-9]\d{6,14}\b/g;
/** The password of a URL, and the token of a Discord webhook. */
const URL_SECRET = /(?<=:\/\/[^\s/:@]*:)[^\s/@]+(?=@)|(?<=\/api\/webhooks\/\d+\/)[\w-]+/g;

/** The text without account SIDs, what looks like a credential, and whole phone numbers. */
export function maskText(text: string): string {
  return text.replace(URL_SECRET, MASKED).replace(CREDENTIAL, MASKED).replace(PHONE_NUMBER, maskNumber);
}
