import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planInspector, takePlanOptions } from "./plan-options.ts";

const TYPE = "twilio:index/number:Number";
const URN = "urn:pulumi:loopback::twilio-hub::hub:index:TwilioHub$twilio:index/number:Number::primary";
const PLAN = {
  code: 0,
  findings: [],
  steps: [
    {
      op: "update",
      urn: URN,
      oldState: { type: TYPE, inputs: { voiceUrl: "https://old.example/" } },
      newState: { type: TYPE, inputs: { voiceUrl: "https://a.example/" } },
      diffReasons: ["voiceUrl"],
    },
  ],
};
const CONFIG = { owners: ["Henry Hill"] };

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plan-options-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("the plan's options are taken out, and the others stay", () => {
  expect(
    takePlanOptions("preview", ["--stack", "prod", "--record", "r.json", "--diff", "--findings=f.json", "-j"]),
  ).toEqual({
    files: { record: "r.json", findings: "f.json" },
    rest: ["--stack", "prod", "--diff", "-j"],
  });
  expect(takePlanOptions("up", ["--yes"])).toEqual({ files: {}, rest: ["--yes"] });
});

test.each([
  ["preview", ["--expect", "r.json"], "--expect is an option of npm run up only"],
  ["up", ["--record", "r.json"], "--record is an option of npm run preview only"],
  ["drift", ["--findings", "f.json"], "--findings is an option of npm run preview only"],
  ["up", ["--yes", "--expect"], "--expect needs a file"],
  ["up", ["--expect", "--yes"], "--expect needs a file"],
  ["up", ["--expect="], "--expect needs a file"],
])("%s %j is refused", (verb, args, message) => {
  expect(() => takePlanOptions(verb, args)).toThrow(message);
});

test("a plan that equals its record passes, and a different one is stopped with the property's name", async () => {
  const file = join(folder, "plan.json");
  expect(await planInspector({ record: file }, CONFIG)(PLAN)).toEqual([]);
  const inspect = planInspector({ expect: file }, CONFIG);
  expect(await inspect(PLAN)).toEqual([]);
  const [step] = PLAN.steps;
  const newState = { type: TYPE, inputs: { voiceUrl: "https://b.example/" } };
  const other = { ...PLAN, steps: [{ ...step, op: "update", urn: URN, newState }] };
  expect(await inspect(other)).toEqual([
    `the plan differs from ${file}: primary (update): voiceUrl would be set to another value than was approved; ` +
      "make a new preview and have it approved",
  ]);
});

test("a preview that failed is not recorded, and its findings are written", async () => {
  const files = { record: join(folder, "plan.json"), findings: join(folder, "findings.json") };
  const findings = [{ policy: "no-sms-campaign", level: "mandatory", message: "blocked" } as const];
  await planInspector(files, CONFIG)({ ...PLAN, code: 1, findings });
  await expect(readFile(files.record)).rejects.toThrow("ENOENT");
  expect(JSON.parse(await readFile(files.findings, "utf8"))).toEqual(findings);
});

test("a record that is missing, damaged or edited stops the run", async () => {
  const file = join(folder, "plan.json");
  const inspect = planInspector({ expect: file }, CONFIG);
  await expect(inspect(PLAN)).rejects.toThrow(`--expect ${file} cannot be read (ENOENT)`);
  await writeFile(file, "{");
  await expect(inspect(PLAN)).rejects.toThrow("is not a complete plan record");
  await planInspector({ record: file }, CONFIG)(PLAN);
  await writeFile(file, (await readFile(file, "utf8")).replace('"update"', '"create"'));
  await expect(inspect(PLAN)).rejects.toThrow("is not a complete plan record");
});

test("a record of an earlier version is refused with the command that makes a new one", async () => {
  const file = join(folder, "plan.json");
  const steps = [{ urn: URN, op: "update", changes: ["voiceUrl"], inputs: {} }];
  await writeFile(file, JSON.stringify({ version: 1, config: {}, steps, digest: `sha256:${"0".repeat(64)}` }));
  await expect(planInspector({ expect: file }, CONFIG)(PLAN)).rejects.toThrow(
    `--expect ${file} was written by an earlier version; make a new preview with: npm run preview -- --record ${file}`,
  );
});

test("a fresh preview that failed is not compared, since it ends the run anyway", async () => {
  const file = join(folder, "plan.json");
  await planInspector({ record: file }, CONFIG)(PLAN);
  expect(await planInspector({ expect: file }, CONFIG)({ ...PLAN, code: 1, steps: [] })).toEqual([]);
});
