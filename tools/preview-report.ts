import { z } from "zod";

const State = z.object({ type: z.string() });
const Preview = z.object({
  steps: z.array(
    z.object({
      op: z.string(),
      urn: z.string(),
      newState: State.optional(),
      oldState: State.optional(),
      detailedDiff: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
  changeSummary: z.record(z.string(), z.number()),
});

/** What one step of a preview does to which resource. */
export interface PreviewStep {
  readonly op: string;
  readonly type: string;
  /** The resource's logical name. */
  readonly name: string;
  /** The paths of the properties that change, like `config.ingresses[1].path`. */
  readonly changes: readonly string[];
}

/**
 * The steps of `pulumi preview --json`, without the resources that stay as they are.
 *
 * @throws Error where the text is no such report
 */
export function previewSteps(json: string): PreviewStep[] {
  const { steps } = Preview.parse(JSON.parse(json));
  return steps
    .filter(({ op }) => op !== "same" && op !== "refresh")
    .map(({ op, urn, newState, oldState, detailedDiff }) => ({
      op,
      type: (newState ?? oldState)?.type ?? "",
      name: urn.slice(urn.lastIndexOf("::") + 2),
      changes: Object.keys(detailedDiff ?? {}).toSorted(),
    }));
}
