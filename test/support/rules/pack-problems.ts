/** What the policy pack says of a resource by itself. */
import { testManifest } from "../../../handlers/testing/manifest.ts";
import { allPolicies } from "../../../policies/all-policies.ts";
import { type MakePolicy, messagesOf } from "../../../policies/testing/cases.ts";
import type { GivenResource } from "../../../policies/testing/resource.ts";

/** The pack's policies that look at one resource, each made anew for the config of a case. */
const MAKERS: readonly MakePolicy[] = allPolicies(testManifest).flatMap((policy, index) =>
  "validateResource" in policy ? [(manifest) => policyAt(allPolicies(manifest), index)] : [],
);

function policyAt(policies: ReturnType<typeof allPolicies>, index: number) {
  const policy = policies[index];
  if (policy === undefined) throw new Error(`the pack has no policy ${index}`);
  return policy;
}

/** Every violation of a resource under a 10DLC record; none where it passes. */
export async function packProblems(given: GivenResource, tendlc: object): Promise<string[]> {
  const problems: string[] = [];
  // One after the other: each sets the stack's config for itself.
  for (const make of MAKERS) {
    const one = { name: given.name, resources: [given], config: { tendlc }, violates: undefined };
    problems.push(...(await messagesOf(make, one)));
  }
  return problems;
}
