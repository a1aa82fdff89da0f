/** Reasons not to replace a tunnel's live config, which is shared and replaced as a whole. */
import { servicePort } from "../config/keys.ts";
import type { OriginRequest } from "../config/origin-request.ts";
import { canonicalJson } from "../values/canonical-json.ts";
import { CATCH_ALL, canonicalHostname, type IngressRule, type IngressSource, siblingRules } from "./ingress.ts";

/** A rule of the live ingress. A value that is not set may be absent, null or empty. */
export interface LiveIngressRule {
  readonly hostname?: string | null;
  readonly path?: string | null;
  readonly service: string;
  readonly originRequest?: object | null;
}

/** A tunnel's config as Cloudflare returns it. A new tunnel has no config. */
export interface LiveTunnel {
  /** `local` if the tunnel reads a file on its own machine, `cloudflare` if it reads its config at Cloudflare. */
  readonly source?: string | null;
  readonly config?: {
    readonly ingresses?: readonly LiveIngressRule[] | null;
    readonly originRequest?: object | null;
  } | null;
}

/**
 * The reason why a live config may not be replaced, with the remedy, or undefined if all of it is the hub's or declared.
 *
 * @param originRequest the tunnel-wide origin settings that the stack declares
 */
export function liveTunnelProblem(
  manifest: IngressSource,
  originRequest: OriginRequest | undefined,
  { source, config }: LiveTunnel,
): string | undefined {
  if (source === "local") {
    return (
      "reads its config from a file on its own machine, so the live rules are not visible and applying this stack would " +
      "replace them. Migrate the tunnel to a config at Cloudflare first"
    );
  }
  const [settings, declared] = [config?.originRequest, originRequest].map(originRequestText);
  if (settings !== declared) {
    return (
      `has the tunnel-wide origin settings ${settings}, and hub:cloudflare.originRequest declares ${declared}. Every handler on the ` +
      "tunnel has them by default: declare them as they are live, or change them at Cloudflare first"
    );
  }
  const undeclared = undeclaredRules(manifest, config?.ingresses ?? []);
  if (undeclared.length === 0) return undefined;
  return (
    "has live ingress rules that are neither the hub's nor a declared sibling's, and applying this stack would remove them. Declare each " +
    `under hub:siblings, or remove it from the tunnel:\n${undeclared.map(line).join("\n")}`
  );
}

/**
 * The rules of a live ingress that an update would remove: those that are neither the hub's, nor a declared sibling's, nor the catch-all.
 * A rule is the hub's when its hostname and its origin's port are the hub's.
 */
export function undeclaredRules(manifest: IngressSource, live: readonly LiveIngressRule[]): LiveIngressRule[] {
  const hostname = canonicalHostname(manifest);
  const declared = siblingRules(manifest).map(ruleText);
  return live.filter((rule) => {
    const isOwn = rule.hostname === hostname && servicePort(rule.service) === manifest.handler.port;
    const isCatchAll = !rule.hostname && !rule.path && rule.service === CATCH_ALL.service;
    return !isOwn && !isCatchAll && !declared.includes(ruleText(rule));
  });
}

/** A rule as text, without values that are not set: Cloudflare returns them as null, "" or {}. */
function ruleText({ hostname, path, service, originRequest }: LiveIngressRule | IngressRule): string {
  return canonicalJson([hostname || "", path || "", service, originRequestText(originRequest)]);
}

/** Origin settings as JSON, without values that are not set, so that settings with the same meaning are equal. */
function originRequestText(originRequest: object | null | undefined): string {
  const set = Object.entries(originRequest ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return canonicalJson(Object.fromEntries(set));
}

function line({ hostname, path, service, originRequest }: LiveIngressRule): string {
  const options = originRequestText(originRequest);
  const settings = options === "{}" ? "" : `, originRequest ${options}`;
  return `  - hostname ${hostname || "(any)"}, path ${path || "(any)"}, service ${service}${settings}`;
}
