import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import type { HubConfig } from "../../hub/config/config.ts";
import { TUNNEL_CONFIG_TYPE } from "../../hub/guards/resource-types.ts";
import { ingressProblems } from "../../hub/hosts/ingress-problems.ts";
import { setValues } from "../../hub/hosts/normal-rule.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";
import { holdsUnknown, NOT_KNOWN, readProperty } from "../reading/known-value.ts";
import { shown } from "../reading/shown-value.ts";
import { stackConfig } from "../reading/stack.ts";

const SECTION = "docs/domain.md#webhook-tunnel-cluster";
const REMEDY = `take the rules from ingressRules (hub/hosts/ingress.ts; ${SECTION})`;

const Settings = z.record(z.string(), z.unknown());

/** A rule of the resource. The hub's own form of a rule leaves out what is not set. */
const Rule = z.looseObject({
  hostname: z.string().nullish(),
  path: z.string().nullish(),
  service: z.string(),
  originRequest: Settings.nullish(),
});

/**
 * Each of the hub's rules is anchored (`^…$`), and no earlier rule takes all requests of a later one (`hub/hosts/covered-rules.ts` says how far that can
 * be decided). An update replaces the whole ingress, so a missing rule takes a sibling's webhooks down.
 *
 * The tunnel and the account are those of the config. The settings that apply to every handler on the tunnel are those of
 * `hub:cloudflare.originRequest`: an Access rule or another Host header there also turns Twilio away. Values that a preview does not know are violations,
 * except for the two IDs, which an import fills in.
 *
 * @param manifest called for each tunnel's config, for its rules
 * @see docs/domain.md#webhook-tunnel-cluster
 */
export function tunnelWhole(manifest: () => Manifest): ResourceValidationPolicy {
  return {
    name: "tunnel-whole",
    description:
      "The tunnel's ingress holds exactly the hub's rules, every sibling's rules and, as the last rule, the catch-all.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (args.type !== TUNNEL_CONFIG_TYPE) return;
      for (const problem of sourceProblems(args)) reportViolation(`${args.name}.${problem} (${SECTION})`);
      for (const problem of ruleProblems(args, manifest())) reportViolation(`${args.name}.${problem}; ${REMEDY}`);
      const { cloudflare } = stackConfig();
      for (const problem of [...identityProblems(args, cloudflare), ...settingProblems(args, cloudflare)]) {
        reportViolation(`${args.name}.${problem} (${SECTION})`);
      }
    },
  };
}

function sourceProblems({ props }: ResourceValidationArgs): string[] {
  const source = readProperty(props, "source");
  if (source === "cloudflare") return [];
  return [`source: ${shown(source)}; set "cloudflare", otherwise the tunnel reads a file on its own machine`];
}

function identityProblems({ props }: ResourceValidationArgs, cloudflare: HubConfig["cloudflare"]): string[] {
  return (["accountId", "tunnelId"] as const).flatMap((key) => {
    const found = readProperty(props, key);
    if (found === NOT_KNOWN || found === cloudflare[key]) return [];
    return [`${key}: ${shown(found)}; expected hub:cloudflare.${key}, ${cloudflare[key]}`];
  });
}

/** The settings beside the rules: those for every handler on the tunnel, and any others. */
function settingProblems({ props }: ResourceValidationArgs, { originRequest }: HubConfig["cloudflare"]): string[] {
  const { ingresses: _rules, ...others } = settingsOf(readProperty(props, "config"));
  const { originRequest: given, ...unexpected } = others;
  if (given === NOT_KNOWN) return [`config.originRequest: ${shown(given)}; write it out`];
  const [found, declared] = [settingsOf(given), settingsOf(originRequest)];
  const keys = [...new Set([...Object.keys(found), ...Object.keys(declared)])];
  return [
    ...keys
      .filter((key) => textOf(found[key]) !== textOf(declared[key]))
      .map((key) => `config.originRequest.${key}: ${shown(found[key])}; set it as in hub:cloudflare.originRequest`),
    ...Object.keys(unexpected).map(
      (key) => `config.${key}: is set, and applies to every handler on the tunnel; remove it`,
    ),
  ];
}

function settingsOf(value: unknown): Readonly<Record<string, unknown>> {
  return setValues(Settings.safeParse(value).data);
}

function textOf(value: unknown): string {
  if (holdsUnknown(value)) return "not known in the preview";
  return value === undefined ? "none" : canonicalJson(value);
}

function ruleProblems({ props }: ResourceValidationArgs, manifest: Manifest): string[] {
  const config = readProperty(props, "config");
  const given = z.object({ ingresses: z.array(z.unknown()) }).safeParse(config);
  if (!given.success) return ["config.ingresses: cannot be read in the preview"];
  const { ingresses } = given.data;
  const parsed = ingresses.map((rule) => (holdsUnknown(rule) ? undefined : Rule.safeParse(rule).data));
  const unreadable = parsed.flatMap((rule, index) => (rule === undefined ? [index] : []));
  if (unreadable.length > 0) {
    return unreadable.map((index) => `config.ingresses[${index}]: cannot be read in the preview`);
  }
  const rules = parsed.filter((rule) => rule !== undefined);
  return ingressProblems(manifest, rules).map(
    ({ index, problem }) => `config.ingresses${index === undefined ? "" : `[${index}]`}: ${problem}`,
  );
}
