/** A step of a plan, in one form for the preview's JSON and the engine's events. */
import { z } from "zod";

const Properties = z.record(z.string(), z.unknown());
const Names = z.array(z.string());

/** A resource before or after a step, as the engine knows it. */
export const StepState = z.object({
  type: z.string(),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  inputs: Properties.nullish(),
  outputs: Properties.nullish(),
});
export type StepState = z.infer<typeof StepState>;

/**
 * A step as `pulumi preview --json` prints it. The detailed diff is left out on purpose: bridged providers send none, so code that read it would see
 * nothing on real plugins.
 */
export const PlanStep = z.object({
  op: z.string(),
  urn: z.string(),
  oldState: StepState.nullish(),
  newState: StepState.nullish(),
  /** The properties that the provider calls changed, computed ones too. */
  diffReasons: Names.nullish(),
  /** The properties whose change replaces the resource. */
  replaceReasons: Names.nullish(),
});
export type PlanStep = z.infer<typeof PlanStep>;

/** The same step in the engine's events (https://github.com/pulumi/pulumi, sdk/go/common/apitype/events.go, `StepEventMetadata`). */
export const EventStep = z
  .object({
    op: z.string(),
    urn: z.string(),
    old: StepState.nullish(),
    new: StepState.nullish(),
    diffs: Names.nullish(),
    keys: Names.nullish(),
  })
  .transform(
    ({ op, urn, old, new: next, diffs, keys }): PlanStep => ({
      op,
      urn,
      oldState: old,
      newState: next,
      diffReasons: diffs,
      replaceReasons: keys,
    }),
  );

/** Operations that change nothing in the cloud. */
const UNCHANGING: readonly string[] = ["same", "refresh", "read"];

/** Whether a step changes anything in the cloud, or which resources the stack owns. */
export function isChanging({ op }: Pick<PlanStep, "op">): boolean {
  return !UNCHANGING.includes(op);
}

/** The logical name of a resource, which is the last part of its URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The type in a URN, without the types of the components around it. */
export function typeInUrn(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The type that a resource has after a step, or had before it was deleted. */
export function typeOf({ urn, oldState, newState }: PlanStep): string {
  return (newState ?? oldState)?.type ?? typeInUrn(urn);
}
