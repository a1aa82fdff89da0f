import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../tools/paths.ts";
import { PlanRecord } from "../../tools/plan-record.ts";
import { addCampaign, copyProject, PROGRAM_GUARD } from "../../tools/project-copy.ts";
import { changesIn, errorsOf, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "preview-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

function previewFiles(project: string, output: string): Promise<unknown> {
  const args = [join(project, "tools", "preview-files.ts"), "--output", output, "--loopback"];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: project }, (error) => resolve(error?.code ?? 0));
  });
}

test("without a secret the files of a preview are written, and the comment says what it would change", async () => {
  const output = join(folder, "good");
  expect(await previewFiles(PROJECT, output)).toBe(0);
  expect((await readdir(output)).toSorted()).toEqual([
    ...["comment.md", "findings.json", "plan-record.json", "preview.diff", "preview.json"],
  ]);
  const comment = await readFile(join(output, "comment.md"), "utf8");
  expect(comment).toContain("4 to import");
  expect(comment).toContain("Policies: nothing found.");
  expect(await readFile(join(output, "preview.diff"), "utf8")).toContain("https://webhook.reri.co/voice/webhook");
});

test("a campaign's preview fails, is not recorded, and its comment names the policy", async () => {
  const copy = await copyProject();
  try {
    await addCampaign(copy);
    await copy.replace("infra/index.ts", PROGRAM_GUARD, "");
    const output = join(folder, "campaign");
    expect(await previewFiles(copy.folder, output)).toBe(1);
    const comment = await readFile(join(output, "comment.md"), "utf8");
    expect(comment).toContain("`no-sms-campaign` (mandatory), `spring-offers`");
    expect(await readdir(output)).not.toContain("plan-record.json");
  } finally {
    await copy.close();
  }
});

test("up makes exactly the recorded plan, and stops before any change where the cloud went elsewhere", async () => {
  const file = join(folder, "plan.json");
  const recorded = await stack().pulumi(["preview", "--record", file]);
  expect(recorded.code, outputOf(recorded)).toBe(0);
  const first = PlanRecord.parse(JSON.parse(await readFile(file, "utf8")));

  const [number] = stack().cloud.twilio.state.numbers.values();
  if (number === undefined) throw new Error("the loopback account has no number");
  const { voice_url: before } = number;
  number.voice_url = "https://elsewhere.example/voice";
  const stopped = await stack().pulumi(["up", "--yes", "--skip-preview", "--expect", file]);
  expect(stopped.code, outputOf(stopped)).toBe(1);
  expect(errorsOf(stopped).join("\n")).toMatch(/the plan is not the one of .*plan\.json: primary \(update\): voiceUrl/);
  expect(changesIn(stack())).toEqual([]);

  number.voice_url = before;
  const up = await stack().pulumi(["up", "--yes", "--skip-preview", "--expect", file]);
  expect(up.code, outputOf(up)).toBe(0);
  expect(changesIn(stack()).length).toBeGreaterThan(0);

  const again = join(folder, "again.json");
  expect((await stack().pulumi(["preview", "--record", again])).code).toBe(0);
  const second = PlanRecord.parse(JSON.parse(await readFile(again, "utf8")));
  expect([first.steps.length > 0, second.steps]).toEqual([true, []]);
});
