/**
 * Cloudflare's validation of a tunnel's ingress. Its rules are cloudflared's own, in their order.
 * Source: https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/ingress.go (`validateIngress`)
 */
import { RE2JS } from "re2js";
import { CloudflareError } from "./errors.ts";
import { withoutPort } from "./host-names.ts";
import { accessProblem, ipRulesProblem } from "./origin-request.ts";
import { serviceProblem } from "./service-check.ts";
import type { IngressRule, TunnelConfig } from "./state.ts";

/**
 * Checks an ingress before it is stored.
 *
 * @throws CloudflareError 1056 with the first problem of the first rule that has one, or if there is no rule
 */
export function checkIngress(config: TunnelConfig): void {
  if (config.ingress.length === 0) throw badConfiguration("No ingress rules were defined");
  for (const [index, rule] of config.ingress.entries()) {
    const problem = ruleProblem(config, rule, index);
    if (problem !== undefined) throw badConfiguration(problem);
  }
}

function ruleProblem({ ingress, originRequest }: TunnelConfig, rule: IngressRule, index: number): string | undefined {
  const settings = rule.originRequest ?? {};
  const isBastion = settings.bastionMode ?? originRequest?.bastionMode ?? false;
  return (
    (rule.service === "socks-proxy" ? ipRulesProblem(settings) : serviceProblem(rule.service, isBastion)) ??
    accessProblem(settings) ??
    hostnameProblem(rule.hostname) ??
    catchAllProblem(rule, index, ingress.length) ??
    pathProblem(rule.path, index)
  );
}

function hostnameProblem(hostname = ""): string | undefined {
  if (withoutPort(hostname) !== undefined) return "Hostname cannot contain a port";
  if (hostname.lastIndexOf("*") <= 0) return undefined;
  return 'Hostname patterns can have at most one wildcard character ("*") and it can only be used for subdomains, e.g. "*.example.com"';
}

function catchAllProblem({ hostname, path }: IngressRule, index: number, count: number): string | undefined {
  const isLast = index === count - 1;
  const isCatchAll = (!hostname || hostname === "*") && !path;
  if (isLast === isCatchAll) return undefined;
  if (isLast) return "The last ingress rule must match all URLs (i.e. it should not have a hostname or path filter)";
  return `Rule #${index + 1} is matching the hostname '${hostname ?? ""}', but this will match every hostname, meaning the rules which follow it will never be triggered.`;
}

function pathProblem(path: string | undefined, index: number): string | undefined {
  if (path === undefined || path === "") return undefined;
  try {
    RE2JS.compile(path);
    return undefined;
  } catch (error) {
    return `Rule #${index + 1} has an invalid regex: ${error instanceof Error ? error.message : path}`;
  }
}

function badConfiguration(problem: string): CloudflareError {
  return new CloudflareError(400, 1056, `Bad Configuration: Validation failed: ${problem}`);
}
