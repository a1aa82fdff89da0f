/**
 * Finds the ingress rule for a request.
 * Source: https://github.com/cloudflare/cloudflared/blob/master/ingress/ingress.go (FindMatchingRule) and rule.go (Matches)
 */
import { RE2JS } from "re2js";
import type { IngressRule } from "../cloudflare/state.ts";

/**
 * Finds the first rule whose hostname and path match, as cloudflared does. The last rule of a valid ingress matches everything.
 *
 * @param path the request's path with its percent-encoding resolved, without the query
 * @returns the rule, or undefined if no rule matches
 * @throws an error of RE2JS if a rule's path is not a Go regular expression
 */
export function matchIngress(rules: readonly IngressRule[], hostname: string, path: string): IngressRule | undefined {
  return rules.find((rule) => matchesHost(rule.hostname, hostname) && matchesPath(rule.path, path));
}

function matchesHost(rule: string | undefined, hostname: string): boolean {
  if (rule === undefined || rule === "" || rule === "*") return true;
  return rule.startsWith("*.") ? hostname.endsWith(rule.slice(1)) : hostname === rule;
}

function matchesPath(rule: string | undefined, path: string): boolean {
  // Unanchored, and in Go's syntax, because JavaScript reads some expressions differently.
  return rule === undefined || rule === "" || RE2JS.compile(rule).matcher(path).find();
}
