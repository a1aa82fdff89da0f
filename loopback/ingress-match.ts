/**
 * Which ingress rule takes a request.
 * Source: https://github.com/cloudflare/cloudflared/blob/master/ingress/ingress.go (FindMatchingRule) and rule.go (Matches)
 */
import type { IngressRule } from "./cloudflare/state.ts";
import { goRegExp } from "./go-regexp.ts";

/**
 * The first rule whose hostname and path match, as cloudflared finds it. The last rule matches everything; undefined where there is none.
 *
 * @param path the request's path with its percent-encoding resolved, without the query
 */
export function matchIngress(rules: readonly IngressRule[], hostname: string, path: string): IngressRule | undefined {
  return rules.find((rule) => matchesHost(rule.hostname, hostname) && matchesPath(rule.path, path));
}

function matchesHost(rule: string | undefined, hostname: string): boolean {
  if (rule === undefined || rule === "" || rule === "*") return true;
  return rule.startsWith("*.") ? hostname.endsWith(rule.slice(1)) : hostname === rule;
}

function matchesPath(rule: string | undefined, path: string): boolean {
  return rule === undefined || rule === "" || goRegExp(rule).test(path);
}
