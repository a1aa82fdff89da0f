/**
 * JSON that Postgres takes whatever a stranger wrote: a zero character and half of a surrogate pair, which it refuses in text, become U+FFFD.
 * Source: https://www.postgresql.org/docs/current/datatype-json.html
 */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  // Both are always escaped so. That a text holds these very letters by chance does no harm.
  if (!REFUSED_ESCAPE.test(text)) return text;
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "string" ? storableText(inner) : inner));
}

const REFUSED_ESCAPE = /\\u(0000|d[89a-f])/;

function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
