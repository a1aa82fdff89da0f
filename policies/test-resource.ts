/** Resources as the engine shows them to the pack, for the policies' tests. */
import { type ResourceValidationArgs, type ResourceValidationPolicy, unknownCheckingProxy } from "@pulumi/policy";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";

/** What stands in a preview for a value that only an update will know. */
export const UNKNOWN = unknownValue;

/** The arguments that the pack makes of a resource: reading an unknown property of them throws. */
export function resource(type: string, props: Readonly<Record<string, unknown>> = {}): ResourceValidationArgs {
  return {
    type,
    name: "subject",
    urn: `urn:pulumi:test::twilio-hub::${type}::subject`,
    props: unknownCheckingProxy({ ...props }),
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    stackTags: new Map(),
    isType: () => false,
    asType: () => undefined,
    getConfig: () => {
      throw new Error("the policy has no config of its own");
    },
    notApplicable: (reason) => {
      throw new Error(`not applicable: ${reason}`);
    },
  };
}

/** What a policy says of a resource. */
export async function violations(policy: ResourceValidationPolicy, args: ResourceValidationArgs): Promise<string[]> {
  const found: string[] = [];
  for (const validate of [policy.validateResource].flat()) await validate?.(args, (message) => found.push(message));
  return found;
}
