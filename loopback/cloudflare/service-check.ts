/**
 * cloudflared's validation of the service of an ingress rule.
 * Source: https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/ingress.go (`validateIngress`), which reads an address with Go's `url.Parse`
 */
import { isIPv4, isIPv6 } from "node:net";

/** cloudflared's own services, beside sockets and fixed statuses. */
const OWN_SERVICES: readonly string[] = ["hello_world", "hello-world", "bastion"];

/** An address: scheme, user, host, port, path, and the rest. */
const ADDRESS =
  /^([a-z][a-z0-9+.-]*):\/\/(?:((?:[\w.:~!$&'()*+,;=@-]|%[0-9a-f]{2})*)@)?(\[[^[\]]+\]|(?:[\w.~!$&'()*+,;=<>":-]|[^\0-\x7f]|%[89a-f][0-9a-f])+?)(:\d*)?(\/[^?#]*)?(?:[?#].*)?$/is;

/** An address of IPv6 with a zone, which Go separates by an encoded percent sign. */
const WITH_ZONE = /^(.*?)%25(?:[^\s%\\^`{|}[\]/?#@]|%[0-9a-f]{2})+$/i;

/** The problem of a rule's service, or undefined if cloudflared accepts it. */
export function serviceProblem(service: string): string | undefined {
  if (/^unix(?:\+tls)?:/.test(service) || OWN_SERVICES.includes(service)) return undefined;
  if (service.startsWith("http_status:")) return statusProblem(service.slice("http_status:".length));
  const address = ADDRESS.exec(service.replace(/#.*$/s, ""));
  const [, scheme = "", , host = "", , path] = address ?? [];
  if (address === null || !isHost(scheme.toLowerCase(), host) || hasInvalidRest(service)) {
    return `${service} is an invalid address, please make sure it has a scheme and a hostname`;
  }
  if (path === undefined) return undefined;
  return `${service} is an invalid address, ingress rules don't support proxying to a different path on the origin service. The path will be the same as the eyeball request's path`;
}

/** Brackets hold an address of IPv6. A name has colons only in schemes that are not the web's, which may list several hosts. */
function isHost(scheme: string, host: string): boolean {
  if (!host.startsWith("[")) return !host.includes(":") || !/^https?$/.test(scheme);
  const inside = host.slice(1, -1);
  const address = WITH_ZONE.exec(inside)?.[1] ?? inside;
  return isIPv6(address) && !address.includes("%") && !isIPv4(address);
}

/** Go takes no control character before the fragment, and no half percent-encoding in the fragment. */
function hasInvalidRest(service: string): boolean {
  const [before = "", ...fragment] = service.split("#");
  return /[^\x20-\x7e\x80-\uffff]/.test(before) || /%(?![0-9a-f]{2})/i.test(fragment.join("#"));
}

function statusProblem(status: string): string | undefined {
  if (!/^[+-]?\d+$/.test(status))
    return `invalid HTTP status code: strconv.Atoi: parsing ${JSON.stringify(status)}: invalid syntax`;
  const code = Number(status);
  return code < 100 || code > 999 ? `invalid HTTP status code: ${code}` : undefined;
}
