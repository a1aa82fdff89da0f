import type * as pulumi from "@pulumi/pulumi";

/** The options of a resource that is read by its ID instead of being created. */
export interface LookupOptions extends pulumi.CustomResourceOptions {
  /** The ID by which the provider finds it. */
  id: pulumi.Input<pulumi.ID>;
}

/**
 * Checks the required inputs of a resource, unless it is read by its ID or its URN.
 *
 * @throws Error naming the first missing input
 */
export function requireInputs<Name extends string>(
  given: { readonly [Key in Name]?: unknown },
  names: readonly Name[],
  opts: pulumi.CustomResourceOptions,
): void {
  if (opts.id !== undefined || opts.urn !== undefined) return;
  for (const name of names) {
    if (given[name] === undefined) throw new Error(`Missing required property '${name}'`);
  }
}

/** Whether a value is a resource of this type, from any copy of the Pulumi SDK. */
export function isResourceOfType(value: unknown, type: string): boolean {
  return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === type;
}
