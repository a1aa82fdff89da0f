/**
 * The tunnel's ingress rules. The tunnel is shared, and its config is replaced as a whole, so the siblings' rules are part of it.
 * Source: https://developers.cloudflare.com/tunnel/advanced/local-management/configuration-file/
 */
import { servicePort } from "./config.ts";
import { canonicalJson } from "./digest.ts";
import type { Manifest } from "./manifest.ts";
import type { OriginRequest } from "./origin-request.ts";
import { isRouted } from "./routes.ts";

/** One rule, in the order in which cloudflared tries them: the first match wins. */
export interface IngressRule {
  readonly hostname?: string;
  /** A Go regular expression. cloudflared does not anchor it. */
  readonly path?: string;
  readonly service: string;
  readonly originRequest?: OriginRequest;
}

/** A rule as the live ingress has it: what is not set may be absent, null or empty. */
export interface LiveIngressRule {
  readonly hostname?: string | null;
  readonly path?: string | null;
  readonly service: string;
  readonly originRequest?: object | null;
}

/** What answers a request that no other rule takes. Every ingress must end with such a rule. */
export const CATCH_ALL: IngressRule = { service: "http_status:404" };

/** What {@link ingressRules} reads of a manifest. */
export type IngressSource = Pick<Manifest, "hosts" | "routes" | "siblings" | "handler">;

/**
 * The tunnel's whole ingress: the hub's routes as anchored expressions, so that `/voice` does not also take `/openphone/voice`; then the
 * siblings' rules verbatim; the catch-all last.
 */
export function ingressRules(manifest: IngressSource): IngressRule[] {
  const hostname = canonicalHostname(manifest);
  const service = hubService(manifest);
  const own = manifest.routes.filter(isRouted).map(({ path }) => ({ hostname, path: anchored(path), service }));
  return [...own, ...siblingRules(manifest), CATCH_ALL];
}

/**
 * The rules of a live ingress that applying {@link ingressRules} would wipe out though they are neither the hub's, nor a declared
 * sibling's, nor a catch-all. A rule is the hub's when its hostname and its origin's port are the hub's.
 */
export function undeclaredRules(manifest: IngressSource, live: readonly LiveIngressRule[]): LiveIngressRule[] {
  const hostname = canonicalHostname(manifest);
  const declared = siblingRules(manifest);
  return live.filter((rule) => {
    const isOwn = rule.hostname === hostname && servicePort(rule.service) === manifest.handler.port;
    const isCatchAll = !rule.hostname && !rule.path && rule.service === CATCH_ALL.service;
    return !isOwn && !isCatchAll && !declared.some((known) => isSameRule(known, rule));
  });
}

/** Where the tunnel's rules send the hub's requests. */
export function hubService({ handler }: Pick<IngressSource, "handler">): string {
  return `http://127.0.0.1:${handler.port}`;
}

/** The canonical host's name. */
export function canonicalHostname({ hosts }: Pick<IngressSource, "hosts">): string {
  return new URL(hosts.canonical.url).hostname;
}

function siblingRules({ siblings }: IngressSource): IngressRule[] {
  return siblings.flatMap(({ rules }) => rules);
}

function isSameRule(a: LiveIngressRule, b: LiveIngressRule): boolean {
  return ruleText(a) === ruleText(b);
}

/** A rule as text, without what is not set: Cloudflare fills an absent value with null, "" or {}. */
function ruleText({ hostname, path, service, originRequest }: LiveIngressRule): string {
  return canonicalJson([hostname || "", path || "", service, originRequestText(originRequest)]);
}

/** Origin settings as JSON, without what is not set: two that mean the same are equal. */
export function originRequestText(originRequest: object | null | undefined): string {
  const set = Object.entries(originRequest ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return canonicalJson(Object.fromEntries(set));
}

/** A route's path has letters, digits, hyphens and slashes alone (`UrlPath`), none of which a regular expression reads otherwise. */
function anchored(path: string): string {
  return `^${path}$`;
}
