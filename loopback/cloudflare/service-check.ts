/**
 * cloudflared's validation of the service of an ingress rule.
 * Source: https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/ingress.go (`validateIngress`)
 */
import { readAddress } from "../../hub/values/service-address.ts";

/** cloudflared's own services, beside sockets, proxies and fixed statuses. */
const OWN_SERVICES: readonly string[] = ["hello_world", "hello-world", "bastion"];

/**
 * The problem of a rule's service, or undefined if cloudflared accepts it.
 *
 * @param isBastion whether the rule is in bastion mode, in which the request names the address
 */
export function serviceProblem(service: string, isBastion = false): string | undefined {
  if (/^unix(?:\+tls)?:/.test(service) || OWN_SERVICES.includes(service)) return undefined;
  if (service.startsWith("http_status:")) return statusProblem(service.slice("http_status:".length));
  return isBastion ? undefined : addressProblem(service);
}

function addressProblem(service: string): string | undefined {
  const path = readAddress(service)?.path;
  if (path === "") return undefined;
  if (path === undefined) {
    return `${service} is an invalid address, please make sure it has a scheme and a hostname`;
  }
  return `${service} is an invalid address, ingress rules don't support proxying to a different path on the origin service. The path will be the same as the eyeball request's path`;
}

function statusProblem(status: string): string | undefined {
  if (!/^[+-]?\d+$/.test(status))
    return `invalid HTTP status code: strconv.Atoi: parsing ${JSON.stringify(status)}: invalid syntax`;
  const code = Number(status);
  return code < 100 || code > 999 ? `invalid HTTP status code: ${code}` : undefined;
}
