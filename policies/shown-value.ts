/** Values as a violation's message shows them. */

/** A URL, unless it may carry a credential: before its host, in its query or behind its path. */
export function shownUrl(value: unknown): string {
  const text = JSON.stringify(value);
  return /[@?#]/.test(text) ? "its value (not shown: it may hold a credential)" : text;
}

/** A digest; anything else that stands in its place is not shown. */
export function shownDigest(value: unknown): string {
  if (value === undefined) return "no digest";
  return /^sha256:[0-9a-f]{64}$/.test(String(value)) ? String(value) : "what is no digest (not shown)";
}
