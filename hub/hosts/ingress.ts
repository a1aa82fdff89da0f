/**
 * The tunnel's ingress rules. The tunnel is shared and its config is replaced as a whole, so they include the siblings' rules.
 * Source: https://developers.cloudflare.com/tunnel/advanced/local-management/configuration-file/
 */

import type { OriginRequest } from "../config/origin-request.ts";
import type { Manifest } from "../manifest.ts";
import { isRouted } from "../urls/routes.ts";

/** A rule of the ingress. cloudflared tries the rules in order; the first match wins. */
export interface IngressRule {
  readonly hostname?: string;
  /** A Go regular expression. cloudflared does not anchor it. */
  readonly path?: string;
  readonly service: string;
  readonly originRequest?: OriginRequest;
}

/** The rule that answers all other requests. Every ingress must end with such a rule. */
export const CATCH_ALL: IngressRule = { service: "http_status:404" };

/** The part of a manifest that {@link ingressRules} reads. */
export type IngressSource = Pick<Manifest, "hosts" | "routes" | "siblings" | "handler">;

/**
 * The tunnel's whole ingress: first the hub's routes as anchored expressions, so that `/voice` does not also take `/openphone/voice`; then the
 * siblings' rules verbatim; then the catch-all.
 */
export function ingressRules(manifest: IngressSource): IngressRule[] {
  const hostname = canonicalHostname(manifest);
  const service = hubService(manifest);
  const own = manifest.routes.filter(isRouted).map(({ path }) => ({ hostname, path: anchored(path), service }));
  return [...own, ...siblingRules(manifest), CATCH_ALL];
}

/** The target of the tunnel's rules for the hub's requests. */
export function hubService({ handler }: Pick<IngressSource, "handler">): string {
  return `http://127.0.0.1:${handler.port}`;
}

/** The canonical host's name. */
export function canonicalHostname({ hosts }: Pick<IngressSource, "hosts">): string {
  return new URL(hosts.canonical.url).hostname;
}

/** The declared rules of the sibling handlers, in their order. */
export function siblingRules({ siblings }: Pick<IngressSource, "siblings">): IngressRule[] {
  return siblings.flatMap(({ rules }) => rules);
}

/** A route's path has only letters, digits, hyphens and slashes (`UrlPath`), none of which is special in a regular expression. */
function anchored(path: string): string {
  return `^${path}$`;
}
