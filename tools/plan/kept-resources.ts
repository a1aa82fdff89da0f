/**
 * Checks a plan or a state for problems that no policy can see. `number-kept`: deletions, replacements, a missing `retainOnDelete`, and a resource
 * that is created instead of imported. `known-providers`: the source of a provider's plugin. Source: docs/domain.md#registered-phone-numbers.
 */
import { z } from "zod";
import { providerProblems } from "../../hub/guards/known-providers.ts";
import { KEPT_TYPES, PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { nameOf, type PlanStep, StepState, typeInUrn } from "./step.ts";

const PROVIDER = "pulumi:providers:";
const SEE = "(docs/domain.md#registered-phone-numbers)";
const SEE_PLUGIN = "take the package that package.json pins (docs/domain.md#compliance-alert)";

const ResourceState = StepState.extend({
  urn: z.string(),
  external: z.boolean().optional(),
  delete: z.boolean().optional(),
  pendingReplacement: z.boolean().optional(),
});

/** The part of an exported state (`pulumi stack export`) that the check reads. */
export const Deployment = z.object({ deployment: z.object({ resources: z.array(ResourceState).default([]) }) });
export type Deployment = z.infer<typeof Deployment>;

/** The operations that keep a resource. Every other one loses it or makes another. */
const KEEPING: readonly string[] = ["same", "update", "refresh", "read", "import"];

const REMEDIES: Readonly<Record<string, string>> = {
  create: "import the one that exists: set its SID or ID in the stack's config",
  delete: "put it back into the program; to give it up, clear `protect` in a run that a second person has read",
  replace:
    "take back the changed property that replaces it (phoneNumber, areaCode, an ID or a provider), and --replace",
};

/**
 * Returns a line for each step that would lose, replace or create a number, the tunnel's config or the DNS record; for each of these resources
 * without `protect` or `retainOnDelete`; and for each provider whose plugin is not the known one.
 */
export function planProblems(steps: readonly PlanStep[]): string[] {
  return [...new Set(steps.flatMap(stepLines))];
}

function stepLines({ op, urn, oldState, newState }: PlanStep): string[] {
  if (newState?.type.startsWith(PROVIDER)) return providerLines(urn, newState);
  // An alias may change a resource's type, so a kept type counts before and after the step.
  const types = [
    oldState?.type ?? newState?.type ?? typeInUrn(urn),
    newState?.type ?? oldState?.type ?? typeInUrn(urn),
  ];
  const type = types.find((known) => KEPT_TYPES.includes(known));
  if (type === undefined) return [];
  if (types[0] !== types[1]) {
    const change = `the plan would turn it from ${types[0]} into ${types[1]}`;
    return [`${label(urn, type)}: ${change}; give it back its type, or take the alias out ${SEE}`];
  }
  if (!KEEPING.includes(op)) return [`${label(urn, type)}: the plan would ${op} it; ${remedyOf(op)} ${SEE}`];
  return op === "refresh" || op === "read" || !newState ? [] : keptProblems(urn, newState);
}

/** Returns a line for each number, tunnel config or DNS record of a state that is marked for deletion, or that a delete would lose. */
export function stateProblems({ deployment }: Deployment): string[] {
  const kept = deployment.resources.filter(({ type, external }) => KEPT_TYPES.includes(type) && external !== true);
  return kept.flatMap((resource) => {
    const isGoing = resource.delete === true || resource.pendingReplacement === true;
    const going = `${label(resource.urn, resource.type)}: the state marks it for deletion; fix the state before the next up ${SEE}`;
    return [...(isGoing ? [going] : []), ...keptProblems(resource.urn, resource)];
  });
}

/** The problems of a provider's plugin. The engine does not show a policy where a plugin comes from. */
function providerLines(urn: string, { type, inputs }: StepState): string[] {
  const internal = z.record(z.string(), z.unknown()).optional().parse(inputs?.__internal) ?? {};
  const problems = providerProblems(type.slice(PROVIDER.length), {}, undefined, internal);
  return problems.map((problem) => `known-providers: ${nameOf(urn)}.${problem}; ${SEE_PLUGIN}`);
}

function keptProblems(urn: string, { type, protect, retainOnDelete }: StepState): string[] {
  return Object.entries({ protect, retainOnDelete })
    .filter(([, value]) => value !== true)
    .map(([option, value]) => {
      const found = `it has no ${option} (found ${value ?? "none"})`;
      return `${label(urn, type)}: ${found}; set ${option}: true, or a delete would lose it ${SEE}`;
    });
}

function remedyOf(op: string): string {
  if (op === "create") return REMEDIES.create ?? "";
  return (/replace/.test(op) ? REMEDIES.replace : REMEDIES.delete) ?? "";
}

function label(urn: string, type: string): string {
  const kind = type === PHONE_NUMBER_TYPE ? "the number" : (type.split(":")[2] ?? type);
  return `number-kept: ${kind} ${nameOf(urn)}`;
}
