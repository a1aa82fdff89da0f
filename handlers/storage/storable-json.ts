/**
 * JSON that Postgres always takes. Postgres refuses a zero character and half of a surrogate pair in text; they become U+FFFD.
 * Source: https://www.postgresql.org/docs/current/datatype-json.html
 */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  // JSON always escapes both like this. A text that happens to contain the same letters is only read once more.
  if (!REFUSED_ESCAPE.test(text)) return text;
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "string" ? storableText(inner) : inner));
}

const REFUSED_ESCAPE = /\\u(0000|d[89a-f])/;

function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
