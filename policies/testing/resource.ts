/** Resources as the engine shows them to the pack, for the policies' tests. */
import {
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  Secret,
  type StackValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";
import { secretsPreservingProxy } from "@pulumi/policy/secret.js";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";

/** Stands in a preview for a value that only the update will know. */
export const UNKNOWN = unknownValue;

/** Marks a value secret, as the program does with `pulumi.secret`. */
export const secret = (value: unknown): Secret => new Secret(value);

/** A resource of a case: the arguments of a policy, and its inputs with the marks of secrets. */
export interface GivenResource extends ResourceValidationArgs {
  readonly marked: Readonly<Record<string, unknown>>;
}

/** The place of a resource in the stack. */
export interface Place {
  readonly name?: string;
  /** The resource that it is a child of. */
  readonly parent?: Pick<ResourceValidationArgs, "urn">;
  readonly opts?: Partial<ResourceValidationArgs["opts"]>;
}

/**
 * The arguments that the pack makes from a resource. Reading an unknown property of them throws an UnknownValueError.
 *
 * @param props its inputs; a validation is shown those that {@link secret} marks without the mark
 */
export function resource(
  type: string,
  props: Readonly<Record<string, unknown>> = {},
  { name = "subject", parent, opts }: Place = {},
): GivenResource {
  return {
    type,
    name,
    urn: `urn:pulumi:test::twilio-hub::${parent === undefined ? "" : `${typesOf(parent.urn)}$`}${type}::${name}`,
    props: unknownCheckingProxy(withoutMarks(props)),
    marked: props,
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
      ...(parent && { parent: parent.urn }),
      ...opts,
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

/** The violations that a policy reports for a resource. As in the engine, its remediation runs first and sees which values are secret. */
export async function violations(
  policy: ResourceValidationPolicy,
  args: ResourceValidationArgs & Partial<GivenResource>,
): Promise<string[]> {
  const found: string[] = [];
  const props = unknownCheckingProxy(secretsPreservingProxy({ ...(args.marked ?? args.props) }));
  await policy.remediateResource?.({ ...args, props });
  for (const validate of [policy.validateResource].flat()) await validate?.(args, (message) => found.push(message));
  return found;
}

/** The violations that a policy reports for a whole stack. */
export async function stackViolations(
  policy: StackValidationPolicy,
  given: readonly ResourceValidationArgs[],
): Promise<string[]> {
  const found: string[] = [];
  const [first] = given;
  const { getConfig, notApplicable, stackTags } = first ?? resource("pulumi:pulumi:Stack");
  const resources = policyResources(given);
  await policy.validateStack({ resources, getConfig, notApplicable, stackTags }, (message) => found.push(message));
  return found;
}

function policyResources(given: readonly ResourceValidationArgs[]): PolicyResource[] {
  const byUrn = new Map<string, PolicyResource>();
  for (const { type, name, urn, props, opts } of given) {
    const parent = opts.parent === undefined ? undefined : byUrn.get(opts.parent);
    const own = { type, name, urn, props, opts, dependencies: [], propertyDependencies: {} };
    byUrn.set(urn, { ...own, ...(parent && { parent }), isType: () => false, asType: () => undefined });
  }
  return [...byUrn.values()];
}

/** The types of a resource's ancestors and its own, as its URN holds them: `A$B`. */
function typesOf(urn: string): string {
  return urn.split("::")[2] ?? "";
}

function withoutMarks(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutMark(inner)]));
}

function withoutMark(value: unknown): unknown {
  if (value instanceof Secret) return withoutMark(value.value);
  if (Array.isArray(value)) return value.map(withoutMark);
  return typeof value === "object" && value !== null ? withoutMarks({ ...value }) : value;
}
