/** Reasons not to replace a tunnel's live config, which is shared and replaced as a whole. */
import type { OriginRequest } from "../config/origin-request.ts";
import { canonicalJson } from "../values/canonical-json.ts";
import { isLoopbackPort } from "../values/ingress-service.ts";
import { CATCH_ALL, canonicalHostname, type IngressSource, ingressRules, siblingRules } from "./ingress.ts";
import { type AnyRule, type NormalRule, normalRule, ruleLine, ruleText, setValues } from "./normal-rule.ts";

/** A tunnel's config, under the names of the provider. A new tunnel has no config. */
export interface LiveTunnel {
  /** `local` if the tunnel reads a file on its own machine, `cloudflare` if it reads its config at Cloudflare. */
  readonly source?: string | null | undefined;
  readonly config?: {
    readonly ingresses?: readonly AnyRule[] | null;
    /** The origin settings of the whole tunnel. */
    readonly originRequest?: object | null;
    /** The parts that neither the provider nor the stack's config has, like `warp-routing`. A write drops them. */
    readonly others?: object | null;
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
  const problems = [
    ...otherParts(config?.others),
    ...settingsProblems(config?.originRequest, originRequest),
    ...undeclaredProblems(undeclaredRules(manifest, config?.ingresses ?? [])),
  ];
  return problems.length === 0 ? undefined : problems.join(".\nIt also ");
}

function otherParts(others: object | null | undefined): string[] {
  const parts = Object.entries(setValues(others)).map(([name, value]) => `${name} ${canonicalJson(value)}`);
  if (parts.length === 0) return [];
  return [
    `has parts in its config that applying this stack would drop, since the provider cannot write them: ${parts.join("; ")}. ` +
      "If they are needed, move them to a tunnel of their own; then remove them at Cloudflare",
  ];
}

function settingsProblems(live: object | null | undefined, declared: OriginRequest | undefined): string[] {
  const [settings, expected] = [live, declared].map((given) => canonicalJson(setValues(given)));
  if (settings === expected) return [];
  return [
    `has the tunnel-wide origin settings ${settings}, and hub:cloudflare.originRequest declares ${expected}. Every handler on the ` +
      "tunnel has them by default: declare them as they are live, or change them at Cloudflare first",
  ];
}

function undeclaredProblems(undeclared: readonly AnyRule[]): string[] {
  if (undeclared.length === 0) return [];
  return [
    "has live ingress rules that are neither the hub's nor a declared sibling's, and applying this stack would remove them. Declare each " +
      `under hub:siblings, or remove it from the tunnel:\n${undeclared.map((rule) => `  - ${ruleLine(rule)}`).join("\n")}`,
  ];
}

/** The rules of a live ingress that an update would remove: those that are neither the hub's, nor a declared sibling's, nor the catch-all. */
export function undeclaredRules<Rule extends AnyRule>(manifest: IngressSource, live: readonly Rule[]): Rule[] {
  const declared = siblingRules(manifest).map(ruleText);
  return live.filter(
    (rule) => !isHubRule(manifest, rule) && !isHubsCatchAll(rule) && !declared.includes(ruleText(rule)),
  );
}

/** The live rules of the hub that an update would change or remove: for another path, like one of an earlier version, or with other settings. */
export function replacedRules(manifest: IngressSource, live: readonly AnyRule[]): NormalRule[] {
  const written = ingressRules(manifest).map(ruleText);
  return live
    .filter((rule) => isHubRule(manifest, rule) && !written.includes(ruleText(rule)))
    .map((rule) => normalRule(rule));
}

/**
 * Whether a rule is the hub's: its hostname is the hub's, and it leads to the handler's port on the machine that runs cloudflared. Its path may be an
 * older one. The same port of another machine is somebody else's.
 */
export function isHubRule(
  manifest: Pick<IngressSource, "hosts" | "handler">,
  { hostname, service }: Pick<AnyRule, "hostname" | "service">,
): boolean {
  return hostname === canonicalHostname(manifest) && isLoopbackPort(service, manifest.handler.port);
}

/** Whether a rule takes every request, as the last rule of an ingress must. */
export function isCatchAll({ hostname, path }: Pick<AnyRule, "hostname" | "path">): boolean {
  return (!hostname || hostname === "*") && !path;
}

function isHubsCatchAll(rule: AnyRule): boolean {
  return ruleText(rule) === ruleText(CATCH_ALL);
}
