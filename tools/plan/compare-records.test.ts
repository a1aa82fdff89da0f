import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { shownPlanProblem } from "./compare-records.ts";
import { recordOf } from "./plan-record.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "compare-records-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function record(name: string, voiceUrl: string): Promise<string> {
  const file = join(folder, name);
  const urn = "urn:pulumi:loopback::twilio-hub::twilio:index/number:Number::primary";
  const newState = { type: "twilio:index/number:Number", inputs: { voiceUrl } };
  await writeFile(file, JSON.stringify(recordOf([{ op: "update", urn, newState }], {})));
  return file;
}

test("two previews of the same plan have no difference, nor does a preview that failed", async () => {
  const recorded = await record("a", "https://a.example/");
  expect(await shownPlanProblem(recorded, await record("b", "https://a.example/"))).toBeUndefined();
  expect(await shownPlanProblem(join(folder, "none"), join(folder, "none"))).toBeUndefined();
});

test("a plan that changed in between, or could not be shown, is a problem", async () => {
  const recorded = await record("a", "https://a.example/");
  expect(await shownPlanProblem(recorded, await record("b", "https://b.example/"))).toContain(
    "primary (update): voiceUrl would be set to another value than was approved; run it again",
  );
  expect(await shownPlanProblem(recorded, join(folder, "none"))).toContain("the second preview failed; run it again");
});
