/**
 * The address of an ingress rule's service, as cloudflared reads it: with Go's `url.Parse`, which differs from JavaScript's `URL`.
 * Sources: https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/ingress.go (`validateIngress`) and https://pkg.go.dev/net/url#Parse of Go 1.26
 */

/** An address with a scheme and a host. */
export interface ServiceAddress {
  /** The user and the password, with the at sign that ends them; empty if there are none. */
  readonly user: string;
  /** The port's digits; empty if there are none. */
  readonly port: string;
  /** cloudflared accepts an address only if it is empty. */
  readonly path: string;
}

/** Scheme, authority, path, query and fragment. */
const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)[^#]*(?:#([\s\S]*))?$/i;

/** Reads an address. Returns undefined if Go refuses it, or if it has no host. */
export function readAddress(service: string): ServiceAddress | undefined {
  const [, scheme = "", authority = "", path = "", fragment = ""] = ADDRESS.exec(service) ?? [];
  const [before = ""] = service.split("#", 1);
  const hostAt = authority.lastIndexOf("@") + 1;
  const user = authority.slice(0, hostAt);
  if (!isPrintable(before) || !USER.test(user) || [user, path, fragment].some(hasHalfEncoding)) return undefined;
  const port = readPort(scheme.toLowerCase(), authority.slice(hostAt));
  return port === undefined ? undefined : { user, port, path };
}

const isPrintable = (text: string) => /^[\x20-\x7e\x80-\uffff]*$/.test(text);
const hasHalfEncoding = (text: string) => /%(?![0-9a-f]{2})/i.test(text);

const USER = /^[\w.:~!$&'()*+,;=%@-]*$/;

/** The characters of a name. Only what is not ASCII may be encoded. */
const NAME = /^(?:[\w.~!$&'()*+,;=<>":\]-]|[^\0-\x7f]|%[89a-f][0-9a-f])+$/i;

/** The port of a host; undefined if the host is not well formed. */
function readPort(scheme: string, host: string): string | undefined {
  const [, literal, literalPort = ""] = /^\[(.*)\](?::(\d*))?$/s.exec(host) ?? [];
  if (literal !== undefined) return isLiteral(literal) ? literalPort : undefined;
  // Only a URL of the web has its port after the first colon: databases list several hosts with their ports.
  const colon = /^https?$/.test(scheme) ? host.indexOf(":") : host.lastIndexOf(":");
  const [name, port] = colon === -1 ? [host, ""] : [host.slice(0, colon), host.slice(colon + 1)];
  return NAME.test(name) && /^\d*$/.test(port) ? port : undefined;
}

/** An address of IPv6, maybe with a zone. Go separates the two by an encoded percent sign. */
const LITERAL = /^([0-9a-f:.]+)(?:%25(?:[\w.~!$&'()*+,;=<>": -]|[^\0-\x7f]|%[0-9a-f]{2})+)?$/i;

function isLiteral(text: string): boolean {
  const address = LITERAL.exec(text)?.[1];
  return address !== undefined && URL.canParse(`http://[${address}]`);
}
