/** What `pulumi preview --json` prints, as far as it is read here. */
import { z } from "zod";
import { changesOf } from "./changes.ts";
import { isChanging, nameOf, PlanStep, typeOf } from "./step.ts";

/** The report of a preview. A preview that failed may lack any part of it. */
export const PreviewJson = z.object({
  steps: z.array(PlanStep).default([]),
  changeSummary: z.record(z.string(), z.number()).default({}),
  diagnostics: z.array(z.object({ severity: z.string(), message: z.string() })).default([]),
});
export type PreviewJson = z.infer<typeof PreviewJson>;

/** What one step of a preview does to which resource. */
export interface PreviewStep {
  readonly op: string;
  readonly type: string;
  /** The resource's logical name. */
  readonly name: string;
  /** The paths of the properties that change, like `environment.HUB_RELEASE`. */
  readonly changes: readonly string[];
}

/**
 * The steps of `pulumi preview --json`, without the resources that stay as they are.
 *
 * @throws Error if the text is no such report
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
