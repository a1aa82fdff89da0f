/**
 * The path of a request, as cloudflared reads it for its rules and writes it for the origin: as Go's `net/url` does.
 * Sources: https://github.com/cloudflare/cloudflared/blob/2026.8.2/proxy/proxy.go (`ProxyHTTP`) and https://pkg.go.dev/net/url#URL.EscapedPath
 */

/** A path of a request. */
export interface RequestPath {
  /** The bytes with the percent-encoding resolved. They need not be UTF-8. Rules are matched against them. */
  readonly bytes: Uint8Array;
  /** The path that the origin gets: as it came, unless it has a character that a URL must encode. */
  readonly forwarded: string;
}

/** The characters that a path may have as they are. */
const VALID = /^(?:[A-Za-z0-9_.~/!$&'()*+,;=:@[\]-]|%[0-9A-Fa-f]{2})*$/;

/** The characters that Go leaves as they are if it encodes a path anew. */
const KEPT = /[A-Za-z0-9_.~$&+,/:;=@-]/;

/**
 * Reads the path of a request target.
 *
 * @param path the path as Node reads it: one character for each byte
 * @returns undefined if Go refuses it: a percent sign without two hex digits, or a control character
 */
export function readPath(path: string): RequestPath | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(path) || /[^\x20-\x7e\x80-\uffff]/.test(path)) return undefined;
  const decoded = path.replaceAll(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return { bytes: Buffer.from(decoded, "latin1"), forwarded: VALID.test(path) ? path : encoded(decoded) };
}

function encoded(path: string): string {
  return path.replaceAll(/[\s\S]/g, (byte) =>
    KEPT.test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
