/**
 * Twilio's Smart Encoding replaces typographic characters of a text so that it needs fewer segments, and lists what it sent
 * (https://www.twilio.com/docs/messaging/services#smart-encoding). Compatibility forms, like … and a no-break space, are NFKC's (Unicode, UAX #15).
 */
const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u201A\u201B\u2032\u02BC]/gu, "'"],
  [/[\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB]/gu, '"'],
  [/[\u2010-\u2015\u2212]/gu, "-"],
  [/[\u200B-\u200D\u2060\uFEFF]/gu, ""],
];

/** Whether a text in Twilio's list is the one that was sent, apart from characters that Twilio may have replaced. */
export function isSameText(sent: string, listed: string): boolean {
  return plain(sent) === plain(listed);
}

function plain(text: string): string {
  return REPLACED.reduce((rest, [characters, plainOne]) => rest.replace(characters, plainOne), text.normalize("NFKC"));
}
