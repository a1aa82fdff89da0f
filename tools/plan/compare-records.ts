/** Compares the plan that a person read with the plan that was recorded: each comes from a preview of its own. */
import { readFile } from "node:fs/promises";
import { PlanRecord, planDifferences } from "./plan-record.ts";

/**
 * Says in one line how the plan that was shown differs from the recorded one; undefined if they are the same. Each file is a record, as
 * `npm run preview -- --record FILE` writes it. A missing file stands for a preview that failed.
 *
 * @throws Error if a file is not a complete record
 */
export async function shownPlanProblem(recorded: string, shown: string): Promise<string | undefined> {
  const [first, second] = [await readRecord(recorded), await readRecord(shown)];
  if (first === undefined) return undefined;
  const [difference] = second === undefined ? ["the second preview failed"] : planDifferences(first, second);
  if (difference === undefined) return undefined;
  return `the plan changed between the two previews, so the diff does not show the recorded plan: ${difference}; run it again`;
}

async function readRecord(file: string): Promise<PlanRecord | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : PlanRecord.parse(JSON.parse(text));
}
