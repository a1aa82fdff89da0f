import { expect, test } from "vitest";
import { manifestWith } from "../hub/testing/config.ts";
import { allPolicies } from "./all-policies.ts";
import { resource, violations } from "./testing/resource.ts";
import { packExceptions, withExceptions } from "./with-exceptions.ts";

const policies = allPolicies(() => manifestWith());
const off = { policy: "tunnel-whole", reason: "a sibling moves", until: "2026-12-01" };
const allowed = { type: "aws:s3/bucket:Bucket", reason: "the state's bucket", until: "2026-12-01" };

test("a policy that is off still reports what it finds, as an advisory, and the others keep their level", () => {
  const levels = (given: readonly { name: string; enforcementLevel?: string | undefined }[]) =>
    Object.fromEntries(given.map(({ name, enforcementLevel }) => [name, enforcementLevel]));
  expect(levels(withExceptions(policies, { off: [off], allowedTypes: [] }))).toEqual({
    ...levels(policies),
    "tunnel-whole": "advisory",
    "pack-exceptions": "advisory",
  });
});

test("a policy that the pack does not have cannot be off", () => {
  expect(() => withExceptions(policies, { off: [{ ...off, policy: "tunel-whole" }], allowedTypes: [] })).toThrow(
    'no policy "tunel-whole"',
  );
});

test("each exception is named once a run, with its reason and its last day", async () => {
  const policy = packExceptions({ off: [off], allowedTypes: [allowed] });
  expect(await violations(policy, resource("pulumi:pulumi:Stack"))).toEqual([
    "the policy tunnel-whole is off until 2026-12-01: a sibling moves; remove the entry from hub/guards/exceptions.ts once it is not needed",
    "the type aws:s3/bucket:Bucket is allowed until 2026-12-01: the state's bucket; remove the entry from hub/guards/exceptions.ts once it is not needed",
  ]);
  expect(await violations(policy, resource("command:local:Command"))).toEqual([]);
  expect(await violations(packExceptions({ off: [], allowedTypes: [] }), resource("pulumi:pulumi:Stack"))).toEqual([]);
});
