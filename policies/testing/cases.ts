/** What the cases of a policy look like (`NAME.cases.ts` beside it), and how they are run: by the policy's own test and by the mutation test. */

import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import type { Manifest } from "../../hub/manifest.ts";
import { type Changes, configWith } from "../../hub/testing/config.ts";
import { stackManifest } from "../reading/stack.ts";
import { type GivenResource, stackViolations, violations } from "./resource.ts";

/** A policy of either kind. */
export type Policy = ResourceValidationPolicy | StackValidationPolicy;

/** What makes a policy, as `policies/pack.ts` calls it. */
export type MakePolicy = (manifest: () => Manifest, today?: () => string) => Policy;

/** The day on which cases run that look at dates. */
export const TODAY = "2026-11-20";

/** One case of a policy. */
export interface PolicyCase {
  readonly name: string;
  /** What stands in the stack. A resource policy looks at each, a stack policy at all of them. */
  readonly resources: readonly GivenResource[];
  /** Values of a valid config that are other here, by their dotted path (`tendlc.status`); the manifest and the stack's config follow. */
  readonly config?: Changes;
  /** Keys of the stack's config besides, with their namespace, as the engine hands them over. */
  readonly engineConfig?: Readonly<Record<string, string>>;
  /** The day of the run, `YYYY-MM-DD`, for a policy that takes it; the real one where it is left out. */
  readonly today?: string;
  /** The manifest, where it is not that of the config. */
  readonly manifest?: Manifest;
  /** What the first violation says; undefined where there is none at all. */
  readonly violates: RegExp | undefined;
}

/** What a policy says in a case. The stack's config is set for it, as the engine does, and emptied afterwards. */
export async function messagesOf(makePolicy: MakePolicy, given: PolicyCase): Promise<string[]> {
  const own = Object.entries(configWith(given.config ?? {})).map(([key, value]) => [
    `hub:${key}`,
    JSON.stringify(value),
  ]);
  runtime.setAllConfig({ ...Object.fromEntries(own), ...given.engineConfig });
  try {
    const manifest = () => given.manifest ?? stackManifest();
    const { today } = given;
    const policy = today === undefined ? makePolicy(manifest) : makePolicy(manifest, () => today);
    if ("validateStack" in policy) return await stackViolations(policy, given.resources);
    const each = given.resources.map((resource) => violations(policy, resource));
    return (await Promise.all(each)).flat();
  } finally {
    runtime.setAllConfig({});
  }
}

/** Whether a policy says in a case what the case expects. */
export async function holds(makePolicy: MakePolicy, given: PolicyCase): Promise<boolean> {
  const [message] = await messagesOf(makePolicy, given);
  if (given.violates === undefined || message === undefined) return message === given.violates;
  return given.violates.test(message);
}
