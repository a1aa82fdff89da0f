/**
 * Cloudflare's validation of a tunnel's ingress. Its rules are cloudflared's own.
 * Source: https://github.com/cloudflare/cloudflared/blob/master/ingress/ingress.go
 */
import { RE2JS } from "re2js";
import { CloudflareError } from "./errors.ts";
import type { IngressRule } from "./state.ts";

/**
 * Checks an ingress before it is stored.
 *
 * @throws CloudflareError 1056 if there is no rule, the last rule is not a catch-all, an earlier rule is one, a service is not an
 *   address or has a path, or a rule's expression does not compile
 */
export function checkIngress(rules: readonly IngressRule[]): void {
  if (rules.length === 0) throw badConfiguration("No ingress rules were defined");
  for (const [index, rule] of rules.entries()) {
    checkCatchAll(rule, index, rules.length);
    checkService(rule.service);
    checkPath(rule.path, index);
  }
}

function checkCatchAll(rule: IngressRule, index: number, count: number): void {
  const isLast = index === count - 1;
  const isCatchAll = (!rule.hostname || rule.hostname === "*") && !rule.path;
  if (isLast && !isCatchAll) {
    throw badConfiguration(
      "The last ingress rule must match all URLs (i.e. it should not have a hostname or path filter)",
    );
  }
  if (isLast || !isCatchAll) return;
  throw badConfiguration(
    `Rule #${index + 1} is matching the hostname '${rule.hostname ?? ""}', but this will match every hostname, meaning the rules which follow it will never be triggered.`,
  );
}

/** cloudflared's own services, beside sockets and fixed statuses. */
const OWN_SERVICES: readonly string[] = ["hello_world", "hello-world", "socks-proxy", "bastion"];

/** An address: scheme, user, host in brackets or not, port, path, and the rest. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(?:\[[^\]]+\]|[^/?#:@]+)(?::\d*)?(\/[^?#]*)?(?:[?#].*)?$/i;

function checkService(service: string): void {
  if (/^unix(?:\+tls)?:/.test(service) || OWN_SERVICES.includes(service)) return;
  if (service.startsWith("http_status:")) {
    checkStatus(service.slice("http_status:".length));
    return;
  }
  const address = ADDRESS.exec(service);
  if (address === null)
    throw badConfiguration(`${service} is an invalid address, please make sure it has a scheme and a hostname`);
  if (address[1] === undefined) return;
  throw badConfiguration(
    `${service} is an invalid address, ingress rules don't support proxying to a different path on the origin service. The path will be the same as the eyeball request's path`,
  );
}

function checkStatus(status: string): void {
  if (!/^[+-]?\d+$/.test(status))
    throw badConfiguration(`invalid HTTP status code: strconv.Atoi: parsing "${status}": invalid syntax`);
  const code = Number(status);
  if (code < 100 || code > 999) throw badConfiguration(`invalid HTTP status code: ${code}`);
}

function checkPath(path: string | undefined, index: number): void {
  if (path === undefined || path === "") return;
  try {
    RE2JS.compile(path);
  } catch (error) {
    throw badConfiguration(`Rule #${index + 1} has an invalid regex: ${error instanceof Error ? error.message : path}`);
  }
}

function badConfiguration(problem: string): CloudflareError {
  return new CloudflareError(400, 1056, `Bad Configuration: Validation failed: ${problem}`);
}
