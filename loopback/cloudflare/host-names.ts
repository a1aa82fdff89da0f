/**
 * Host names as cloudflared compares them.
 * Source: https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/ingress.go (`FindMatchingRule`, `validateIngress`)
 */
import { domainToASCII, domainToUnicode } from "node:url";

/** A host with a port, as `net.SplitHostPort` of Go splits it. The port may be empty, or no number. */
const WITH_PORT = /^(?:\[([^[\]]*)\]|([^:[\]]*)):[^:[\]]*$/;

/** The host without its port, or undefined if it has none. An address loses its brackets too. */
export function withoutPort(host: string): string | undefined {
  const found = WITH_PORT.exec(host);
  return found?.[1] ?? found?.[2];
}

/**
 * The name that a rule's hostname has in the DNS: in Punycode and in lower case, after IDNA's rules for a look-up (RFC 5891, 5).
 *
 * @returns undefined if it is not a name, like one with a wildcard
 */
export function dnsName(hostname: string): string | undefined {
  // A name that ends in a number would be read as an address, so a label follows it.
  const name = domainToASCII(`${hostname}.a`).slice(0, -".a".length);
  if (!/^[a-z0-9.-]+$/.test(name)) return undefined;
  const labels = domainToUnicode(`${name}.a`).split(".").slice(0, -1);
  return labels.every(hasPlainHyphens) && isReadable(labels) ? name : undefined;
}

/** Whether a label has no hyphen at its ends, and none at both its third and its fourth place, where only an encoded label may have them. */
function hasPlainHyphens(label: string): boolean {
  return !/^-|-$/.test(label) && !/^..--/u.test(label);
}

/** The blocks of scripts that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** If one label is written from right to left, each label begins with a letter (RFC 5893, 2). `domainToASCII` looks at one label at a time. */
function isReadable(labels: readonly string[]): boolean {
  return !labels.some((label) => RIGHT_TO_LEFT.test(label)) || labels.every((label) => /^\p{L}/u.test(label));
}
