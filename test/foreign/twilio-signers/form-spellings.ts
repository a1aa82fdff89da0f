/** The ways to spell the same form. Source: https://url.spec.whatwg.org/#urlencoded-parsing */

/** A parameter: its name and its value. */
export type Pair = readonly [name: string, value: string];

/**
 * - `plain`: as Twilio does, a space as "+".
 * - `percent`: a space as "%20".
 * - `every`: every byte as a percent escape, in lower case; half of a surrogate pair as its three bytes.
 * - `raw`: only the separators are escaped.
 */
export const SPELLINGS = ["plain", "percent", "every", "raw"] as const;

export type Spelling = (typeof SPELLINGS)[number];

/**
 * Spells a form.
 *
 * @param escapesLetters whether `every` escapes ASCII letters too. Default: yes
 */
export function encodeForm(pairs: readonly Pair[], spelling: Spelling, escapesLetters = true): string {
  if (spelling === "plain" || spelling === "percent") {
    const plain = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
    return spelling === "plain" ? plain : plain.replaceAll("+", "%20");
  }
  const spell = spelling === "raw" ? escapeSeparators : (text: string) => escapeBytes(text, escapesLetters);
  return pairs.map(([name, value]) => `${spell(name)}=${spell(value)}`).join("&");
}

function escapeSeparators(text: string): string {
  return text.toWellFormed().replaceAll(/[%&=+#\0-\x20]/g, (character) => escapeBytes(character, true));
}

function escapeBytes(text: string, escapesLetters: boolean): string {
  return [...text]
    .map((character) => (!escapesLetters && /^\w$/.test(character) ? character : bytesOf(character)))
    .join("");
}

function bytesOf(character: string): string {
  const unit = character.charCodeAt(0);
  const isLone = character.length === 1 && unit >= 0xd800 && unit <= 0xdfff;
  const bytes = isLone
    ? [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]
    : Buffer.from(character);
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}
