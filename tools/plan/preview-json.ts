/** The parts of the output of `pulumi preview --json` that are read here. */
import { z } from "zod";
import { isChanging, nameOf, PlanStep, typeOf } from "./step.ts";
import { changesOf } from "./step-changes.ts";

/** The report of a preview. A preview that failed may lack any part of it. */
export const PreviewJson = z.object({
  steps: z.array(PlanStep).default([]),
  changeSummary: z.record(z.string(), z.number()).default({}),
  diagnostics: z.array(z.object({ severity: z.string(), message: z.string() })).default([]),
});
export type PreviewJson = z.infer<typeof PreviewJson>;

/** A step of a preview: the resource and its changes. */
export interface PreviewStep {
  readonly op: string;
  readonly type: string;
  /** The resource's logical name. */
  readonly name: string;
  /** The paths of the properties that change, like `environment.HUB_RELEASE`. */
  readonly changes: readonly string[];
}

/**
 * Returns the steps of `pulumi preview --json`, without the resources that do not change.
 *
 * @throws Error if the text is not such a report
 */
export function previewSteps(json: string): PreviewStep[] {
  const { steps } = PreviewJson.parse(JSON.parse(json));
  return steps.filter(isChanging).map((step) => ({
    op: step.op,
    type: typeOf(step),
    name: nameOf(step.urn),
    changes: changesOf(step).map(({ path }) => path),
  }));
}
