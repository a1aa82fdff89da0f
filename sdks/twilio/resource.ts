import type * as pulumi from "@pulumi/pulumi";

/** Options of a resource that is read by its ID instead of being created. */
export interface LookupOptions extends pulumi.CustomResourceOptions {
  /** The ID under which the provider finds it. */
  id: pulumi.Input<pulumi.ID>;
}

/** Throws when a required input is missing and the resource is neither read by its ID nor by its URN. */
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

/** Whether a value is a resource of this type, whichever copy of the Pulumi SDK made it. */
export function isResourceOfType(value: unknown, type: string): boolean {
  return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === type;
}
