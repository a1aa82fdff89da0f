/**
 * Finds the ingress rule for a request.
 * Source: https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/ingress.go (FindMatchingRule) and rule.go (Matches)
 */
import { RE2JS } from "re2js";
import { dnsName, withoutPort } from "../cloudflare/host-names.ts";
import type { IngressRule } from "../cloudflare/state.ts";

/**
 * Finds the first rule whose hostname and path match, as cloudflared does. If none does, it is the last rule, which a valid ingress has for that.
 *
 * @param host the request's host, with its port or without
 * @param path the bytes of the request's path, with the percent-encoding resolved and without the query
 * @returns the rule, or undefined if there are no rules
 * @throws an error of RE2JS if a rule's path is not a Go regular expression
 */
export function matchIngress(rules: readonly IngressRule[], host: string, path: Uint8Array): IngressRule | undefined {
  const hostname = withoutPort(host) ?? host;
  return rules.find((rule) => matchesHost(rule, hostname) && matchesPath(rule.path, path)) ?? rules.at(-1);
}

function matchesHost({ hostname }: IngressRule, requested: string): boolean {
  if (hostname === undefined || hostname === "" || hostname === "*") return true;
  return isUnder(hostname, requested) || dnsName(hostname) === requested;
}

function isUnder(hostname: string, requested: string): boolean {
  return hostname === requested || (hostname.startsWith("*.") && requested.endsWith(hostname.slice(1)));
}

function matchesPath(rule: string | undefined, path: Uint8Array): boolean {
  // Unanchored, and in Go's syntax, because JavaScript reads some expressions differently. Of bytes, because a path need not be UTF-8.
  return rule === undefined || rule === "" || RE2JS.compile(rule).matcher(path).find();
}
