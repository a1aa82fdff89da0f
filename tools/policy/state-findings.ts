/** Runs the pack's policies on a stack's exported state, as the engine would in a preview. */
import type { Policies, PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { z } from "zod";
import { nameOf } from "../plan/step.ts";
import { SIGNATURE_KEY } from "../plan/value-marks.ts";

const Options = { protect: z.boolean().default(false), parent: z.string().optional() };
const Values = z.record(z.string(), z.unknown()).default({});
const Resource = z.object({
  urn: z.string(),
  type: z.string(),
  ...Options,
  ignoreChanges: z.array(z.string()).default([]),
  aliases: z.array(z.string()).default([]),
  additionalSecretOutputs: z.array(z.string()).default([]),
  external: z.boolean().default(false),
  delete: z.boolean().default(false),
  inputs: Values,
  outputs: Values,
});
/** A resource of an exported state, as far as the policies read it. */
export type StateResource = z.infer<typeof Resource>;

/** The output of `pulumi stack export`, as far as the policies read it. */
export const ExportedState = z.object({ deployment: z.object({ resources: z.array(Resource).default([]) }) });
export type ExportedState = z.infer<typeof ExportedState>;

/** A violation that a policy reports. */
export interface Finding {
  readonly policy: string;
  readonly level: "mandatory" | "advisory";
  /** The resource; absent if the finding is about the whole stack. */
  readonly urn?: string;
  readonly message: string;
}

/** All findings, policy by policy and in the state's order. External resources and resources that await deletion are skipped. */
export async function findingsOf(policies: Policies, { deployment }: ExportedState): Promise<Finding[]> {
  const resources = deployment.resources.filter((resource) => !resource.external && !resource.delete);
  const findings: Finding[] = [];
  for (const policy of policies) {
    const level = policy.enforcementLevel === "advisory" ? "advisory" : "mandatory";
    const report = (message: string, urn?: string) =>
      findings.push({ policy: policy.name, level, message, ...(urn !== undefined && { urn }) });
    if ("validateStack" in policy) {
      const args = { resources: stackResources(resources), stackTags: new Map(), getConfig, notApplicable };
      await policy.validateStack(args, report);
      continue;
    }
    for (const resource of resources) {
      for (const validate of [policy.validateResource ?? []].flat()) {
        await validate(resourceArgs(resource), (message) => report(message, resource.urn));
      }
    }
  }
  return findings;
}

function resourceArgs(resource: StateResource): ResourceValidationArgs {
  return {
    ...described(resource, resource.inputs),
    stackTags: new Map(),
    isType: () => false,
    asType: () => undefined,
    getConfig,
    notApplicable,
  };
}

/** The resources as a stack policy gets them: with their outputs, not their inputs. */
function stackResources(resources: readonly StateResource[]): PolicyResource[] {
  const byUrn = new Map<string, PolicyResource>();
  for (const resource of resources) {
    const parent = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
    byUrn.set(resource.urn, {
      ...described(resource, resource.outputs),
      dependencies: [],
      propertyDependencies: {},
      ...(parent && { parent }),
      isType: () => false,
      asType: () => undefined,
    });
  }
  return [...byUrn.values()];
}

function described({ urn, type, parent, ...options }: StateResource, props: Readonly<Record<string, unknown>>) {
  return {
    type,
    urn,
    name: nameOf(urn),
    props: withoutSecrets(props),
    opts: {
      protect: options.protect,
      ignoreChanges: options.ignoreChanges,
      aliases: options.aliases,
      additionalSecretOutputs: options.additionalSecretOutputs,
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
      ...(parent !== undefined && { parent }),
    },
  };
}

/** Replaces each encrypted value by the word `secret`: it is properly marked, and cannot be read here. */
function withoutSecrets(props: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, withoutSecret(value)]));
}

function withoutSecret(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecret);
  if (typeof value !== "object" || value === null) return value;
  return SIGNATURE_KEY in value ? "secret" : withoutSecrets({ ...value });
}

function getConfig<Config extends object>(): Config {
  throw new Error("the pack's policies have no config of their own");
}

function notApplicable(reason?: string): never {
  throw new Error(`not applicable: ${reason ?? "no reason"}`);
}
