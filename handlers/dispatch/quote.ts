/** What a caller or texter wrote, as a quote that cannot end itself. */

/** The longest text of a field that is handed on, in characters: the longest text that Twilio takes (https://www.twilio.com/docs/api/errors/21617). */
export const MAX_QUOTED_LENGTH = 1600;

const BEGIN = "<<<BEGIN QUOTED DATA>>>";
const END = "<<<END QUOTED DATA>>>";

/**
 * What could end a line, hide text from a reader, turn its direction around, or make a fence: control and format characters, line and
 * paragraph separators, what is ignored by default (zero-width characters, variation selectors, tags), angle brackets, and what Unicode's
 * compatibility forms make of into a bracket, a quotation mark or a backslash (https://www.unicode.org/reports/tr15/).
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}<>≮≯﹤﹥﹨＂＜＞＼]/gu;

/** A named text. */
export interface QuotedField {
  readonly name: string;
  readonly text: string;
}

/** The fields between two fences, each on one line as a JSON string. No field can hold a fence or a line's end. */
export function quoteFields(fields: readonly QuotedField[]): string {
  return [BEGIN, ...fields.map(({ name, text }) => `${name}: ${quoteText(text)}`), END].join("\n");
}

/** A text as a JSON string on one line, cut where it is longer than {@link MAX_QUOTED_LENGTH}. */
export function quoteText(text: string): string {
  const kept = text.slice(0, MAX_QUOTED_LENGTH);
  // The cut may go through a pair of surrogates.
  const whole = kept.length < text.length && /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
  const quoted = JSON.stringify(whole).replace(UNSAFE, escaped);
  return whole.length === text.length ? quoted : `${quoted} (cut, ${text.length} characters in all)`;
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
