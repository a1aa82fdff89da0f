/**
 * JSON that Postgres takes whatever a stranger wrote: a zero character and half of a surrogate pair, which it refuses in text, become U+FFFD.
 * Source: https://www.postgresql.org/docs/current/datatype-json.html
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "string" ? storableText(inner) : inner));
}

function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
