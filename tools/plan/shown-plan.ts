/** Whether what a person read is what was recorded: two previews, one as text and one as a record. */
import { readFile } from "node:fs/promises";
import { PlanRecord, planDifferences } from "./plan-record.ts";

/**
 * Why the plan that was shown is not the recorded one, in one line, or undefined where it is. Each file is a record, as
 * `npm run preview -- --record FILE` writes it; one that is missing was of a preview that failed.
 *
 * @throws Error where a file is no whole record
 */
export async function shownPlanProblem(recorded: string, shown: string): Promise<string | undefined> {
  const [first, second] = [await readRecord(recorded), await readRecord(shown)];
  if (first === undefined) return undefined;
  const [difference] = second === undefined ? ["the second preview failed"] : planDifferences(first, second);
  if (difference === undefined) return undefined;
  return `the plan changed while it was written down, and what the diff shows is not what was recorded: ${difference}; run it again`;
}

async function readRecord(file: string): Promise<PlanRecord | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : PlanRecord.parse(JSON.parse(text));
}
