/**
 * Host names as cloudflared compares them.
 * Source: https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/ingress.go (`FindMatchingRule`, `validateIngress`)
 */
import { domainToASCII } from "node:url";

/** A host with a port, as `net.SplitHostPort` of Go splits it. The port may be empty, or no number. */
const WITH_PORT = /^(?:\[([^[\]]*)\]|([^:[\]]*)):[^:[\]]*$/;

/** The host without its port, or undefined if it has none. An address loses its brackets too. */
export function withoutPort(host: string): string | undefined {
  const found = WITH_PORT.exec(host);
  return found?.[1] ?? found?.[2];
}

/** A name of the DNS: letters, digits and hyphens, with no hyphen at either end of a label. */
const STRICT = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)?(?:\.(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)?)*$/;

/** Two hyphens at the third place of a label, which only an encoded label may have. */
const RESERVED = /(?:^|\.)(?!xn--)..--/;

/**
 * The name that a rule's hostname has in the DNS: in Punycode and in lower case, after IDNA's rules for a look-up (RFC 5891, 5).
 *
 * @returns undefined if it is not a name, like one with a wildcard
 */
export function dnsName(hostname: string): string | undefined {
  const lower = hostname.toLowerCase();
  // `domainToASCII` would read a name of numbers as an address.
  const isPlain = /^[\0-\x7f]*$/.test(lower) && !/(?:^|\.)xn--/.test(lower);
  const name = isPlain ? lower : domainToASCII(hostname);
  return name !== "" && STRICT.test(name) && !RESERVED.test(name) ? name : undefined;
}
