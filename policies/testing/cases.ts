/** The cases of a policy (`NAME.cases.ts` beside it), and how they run: in `cases.test.ts` and in the mutation test. */
import type { Policies } from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import type { Manifest } from "../../hub/manifest.ts";
import { type Changes, configWith } from "../../hub/testing/config.ts";
import { stackManifest } from "../reading/stack.ts";
import { type GivenResource, stackViolations, violations } from "./resource.ts";

/** A policy of either kind. */
type Policy = Policies[number];

/** Makes every policy of the pack. */
export type MakePack = (manifest: () => Manifest, now?: () => Date) => Policies;

/** Makes one policy. */
export type MakePolicy = (manifest: () => Manifest, now?: () => Date) => Policy;

/** The day on which cases run that depend on dates. */
export const TODAY = "2026-11-20";

/** A case of a policy. */
export interface PolicyCase {
  readonly name: string;
  /** The resources of the stack. A resource policy is given each, a stack policy all of them. */
  readonly resources: readonly GivenResource[];
  /** Changes to a valid config, by dotted path (`tendlc.status`). The manifest and the stack's config follow them. */
  readonly config?: Changes;
  /** More keys of the stack's config, with their namespace, as the engine hands them over. */
  readonly engineConfig?: Readonly<Record<string, string>>;
  /** The day of the run, `YYYY-MM-DD`, or its time in ISO 8601. A day is taken at 12:00 UTC, when it has begun everywhere. Default: the real time. */
  readonly today?: string;
  /** The manifest. Default: that of the config. */
  readonly manifest?: Manifest;
  /** Must match the first violation; undefined if there must be no violation. */
  readonly violates: RegExp | undefined;
}

/**
 * Makes the policy of a name as a pack makes it.
 *
 * The function that it returns throws an Error if the pack has no such policy.
 */
export function makerOf(name: string, makePack: MakePack): MakePolicy {
  return (manifest, now) => {
    const policy = makePack(manifest, now).find((own) => own.name === name);
    if (policy === undefined) throw new Error(`the pack has no policy ${name}: add it to policies/all-policies.ts`);
    return policy;
  };
}

/** The violations that a policy reports in a case. The stack's config is set for the run, as the engine does, and emptied afterwards. */
export async function messagesOf(makePolicy: MakePolicy, given: PolicyCase): Promise<string[]> {
  const own = Object.entries(configWith(given.config ?? {})).map(([key, value]) => [
    `hub:${key}`,
    JSON.stringify(value),
  ]);
  runtime.setAllConfig({ ...Object.fromEntries(own), ...given.engineConfig });
  try {
    const manifest = () => given.manifest ?? stackManifest();
    const { today } = given;
    const policy = makePolicy(manifest, today === undefined ? undefined : () => timeOf(today));
    if ("validateStack" in policy) return await stackViolations(policy, given.resources);
    const each = given.resources.map((resource) => violations(policy, resource));
    return (await Promise.all(each)).flat();
  } finally {
    runtime.setAllConfig({});
  }
}

function timeOf(today: string): Date {
  return new Date(today.includes("T") ? today : `${today}T12:00:00Z`);
}

/** Whether the violations of a policy in a case are the expected ones. */
export async function holds(makePolicy: MakePolicy, given: PolicyCase): Promise<boolean> {
  const [message] = await messagesOf(makePolicy, given);
  if (given.violates === undefined || message === undefined) return message === given.violates;
  return given.violates.test(message);
}
