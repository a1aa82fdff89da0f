/** Quotes the words of a caller or texter, so that they cannot end the quote. */

/** The longest quoted text of a field, in characters. It is the longest text that Twilio takes (https://www.twilio.com/docs/api/errors/21617). */
export const MAX_QUOTED_LENGTH = 1600;

const BEGIN = "<<<BEGIN QUOTED DATA>>>";
const END = "<<<END QUOTED DATA>>>";

/**
 * The characters that could end a line, hide text from a reader, reverse its direction or form a fence: control and format characters, line
 * and paragraph separators, characters that are ignored by default (zero-width characters, variation selectors, tags), angle brackets, and
 * characters that Unicode's compatibility forms turn into a bracket, a quotation mark or a backslash
 * (https://www.unicode.org/reports/tr15/).
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}<>≮≯﹤﹥﹨＂＜＞＼]/gu;

/** A named text. */
export interface QuotedField {
  readonly name: string;
  readonly text: string;
}

/** Returns the fields between two fences, each on one line as a JSON string. No field can contain a fence or a line break. */
export function quoteFields(fields: readonly QuotedField[]): string {
  return [BEGIN, ...fields.map(({ name, text }) => `${name}: ${quoteText(text)}`), END].join("\n");
}

/** Returns a text as a JSON string on one line, cut and marked as cut if it is longer than {@link MAX_QUOTED_LENGTH}. */
export function quoteText(text: string): string {
  const kept = text.slice(0, MAX_QUOTED_LENGTH);
  // The cut must not split a surrogate pair.
  const whole = kept.length < text.length && /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
  const quoted = JSON.stringify(whole).replace(UNSAFE, escaped);
  return whole.length === text.length ? quoted : `${quoted} (cut, ${text.length} characters in all)`;
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
