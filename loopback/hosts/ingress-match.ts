/**
 * Which ingress rule takes a request.
 * Source: https://github.com/cloudflare/cloudflared/blob/master/ingress/ingress.go (FindMatchingRule) and rule.go (Matches)
 */
import { RE2JS } from "re2js";
import type { IngressRule } from "../cloudflare/state.ts";

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
  // Unanchored, and in Go's syntax: what JavaScript reads otherwise must not pass unseen.
  return rule === undefined || rule === "" || RE2JS.compile(rule).matcher(path).find();
}
