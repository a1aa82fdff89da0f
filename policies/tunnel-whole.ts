import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { ingressProblems } from "../hub/ingress-problems.ts";
import type { Manifest } from "../hub/manifest.ts";
import { TUNNEL_CONFIG_TYPE } from "../hub/resource-types.ts";
import { holdsUnknown, NOT_KNOWN, readProperty } from "./known-value.ts";

const REMEDY = "take the rules from ingressRules (hub/ingress.ts; domain document, Related: Webhook/tunnel cluster)";

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const Rule = z.object({
  hostname: text,
  path: text,
  service: z.string(),
  originRequest: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((value) => withoutEmpty(value ?? {})),
});

/**
 * The tunnel's ingress is whole: the hub's rules, each anchored (`^…$`), every declared sibling's rule to the letter, the catch-all last and only
 * there, no other rule, none that an earlier one takes all requests from (`hub/ingress-shadow.ts` says what of that can be decided), and `source` cloudflare. An
 * update replaces the whole ingress, so what is missing here takes a sibling's webhooks down. Values that a preview does not know are violations.
 * Satisfied by `ingressRules(manifest)`.
 *
 * @param manifest gives the rules when a resource is looked at
 * @see the domain document, "Related: Webhook/tunnel cluster"
 */
export function tunnelWhole(manifest: () => Manifest): ResourceValidationPolicy {
  return {
    name: "tunnel-whole",
    description: "The tunnel's ingress holds the hub's rules, every sibling's to the letter, and the catch-all last.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (args.type !== TUNNEL_CONFIG_TYPE) return;
      for (const problem of [...sourceProblems(args), ...ruleProblems(args, manifest())]) {
        reportViolation(`${args.name}.${problem}; ${REMEDY}`);
      }
    },
  };
}

function sourceProblems({ props }: ResourceValidationArgs): string[] {
  const source = readProperty(props, "source");
  if (source === "cloudflare") return [];
  const found =
    source === NOT_KNOWN ? "its value is not known in the preview" : `found ${JSON.stringify(source) ?? "none"}`;
  return [`source: ${found}; set "cloudflare", or the tunnel reads a file on its own machine`];
}

function ruleProblems({ props }: ResourceValidationArgs, manifest: Manifest): string[] {
  const config = readProperty(props, "config");
  const given = z.object({ ingresses: z.array(z.unknown()) }).safeParse(config);
  if (!given.success) return ["config.ingresses: cannot be read in the preview"];
  const { ingresses } = given.data;
  const parsed = ingresses.map((rule) => (holdsUnknown(rule) ? undefined : Rule.safeParse(rule).data));
  const unreadable = parsed.flatMap((rule, index) => (rule === undefined ? [index] : []));
  if (unreadable.length > 0) {
    return unreadable.map(
      (index) => `config.ingresses[${index}]: cannot be read in the preview; every rule must be known`,
    );
  }
  const rules = parsed.filter((rule) => rule !== undefined);
  return ingressProblems(manifest, rules).map(
    ({ index, problem }) => `config.ingresses${index === undefined ? "" : `[${index}]`}: ${problem}`,
  );
}

/** The engine notes which values are a provider's defaults under a key of its own. */
function withoutEmpty(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const set = Object.entries(settings).filter(
    ([key, value]) => key !== "__defaults" && value !== null && value !== undefined,
  );
  return Object.fromEntries(set);
}
