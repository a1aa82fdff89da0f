/** The violations that the policy pack reports for a single resource. */
import type { TestRecords } from "../../../handlers/outbound/gate/test-approvals.ts";
import { testManifest } from "../../../handlers/testing/manifest.ts";
import { allPolicies } from "../../../policies/all-policies.ts";
import { makerOf, messagesOf } from "../../../policies/testing/cases.ts";
import type { GivenResource } from "../../../policies/testing/resource.ts";

/** The pack's policies that look at one resource. */
const NAMES = allPolicies(testManifest).flatMap((policy) => ("validateResource" in policy ? [policy.name] : []));

/** Every violation of a resource under the records of the registrations; none if it passes. */
export async function packProblems(given: GivenResource, records: TestRecords): Promise<string[]> {
  const problems: string[] = [];
  // In sequence, because each case sets the stack's config.
  for (const name of NAMES) {
    const one = { name: given.name, resources: [given], config: { ...records }, violates: undefined };
    problems.push(...(await messagesOf(makerOf(name, allPolicies), one)));
  }
  return problems;
}
