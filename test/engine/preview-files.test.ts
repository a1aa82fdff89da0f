import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../tools/cli/paths.ts";
import { addCampaign, copyProject, PROGRAM_GUARD } from "../../tools/loopback/project-copy.ts";
import { PlanRecord } from "../../tools/plan/plan-record.ts";
import { nameOf } from "../../tools/plan/step.ts";
import { changesIn, errorsOf, IMPORTED, outputOf, useLoopbackStack } from "../support/engine.ts";
import { engineOf } from "../support/machine/kill-engine.ts";

const stack = useLoopbackStack();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "preview-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

function previewFiles(project: string, output: string): Promise<unknown> {
  const args = [join(project, "tools", "commands", "preview-files.ts"), "--output", output, "--loopback"];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: project }, (error) => resolve(error?.code ?? 0));
  });
}

test("without a secret the files of a preview are written, and the comment lists its changes", async () => {
  const output = join(folder, "good");
  expect(await previewFiles(PROJECT, output)).toBe(0);
  expect((await readdir(output)).toSorted()).toEqual([
    ...["comment.md", "findings.json", "plan-record.json", "preview.diff", "preview.json"],
  ]);
  const comment = await readFile(join(output, "comment.md"), "utf8");
  expect(comment).toContain(`${IMPORTED.length} to import`);
  expect(comment).toContain("  - `statusCallback`: *none* → `https://webhook.reri.co/voice/status`");
  expect(comment).toMatch(
    /`config\.ingresses\[webhook\.reri\.co \^\/voice\/webhook\$\]`: \*none\* → `http:\S+` as rule 1/,
  );
  expect(comment).toContain("Policies: nothing found.");
  expect(await readFile(join(output, "preview.diff"), "utf8")).toContain("https://webhook.reri.co/voice/webhook");
});

test("the preview of a campaign fails and is not recorded, and its comment names the policy", async () => {
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

test("up stops before any change if the cloud, the config or the code differs from the record, and carries out exactly a newly reviewed plan", async () => {
  const file = join(folder, "plan.json");
  const first = await record(file);
  expect(first.steps.length).toBeGreaterThan(0);

  const [number] = stack().cloud.twilio.state.numbers.values();
  if (number === undefined) throw new Error("the loopback account has no number");
  // The status callback would change anyway, so both plans update the number.
  expect(changedIn(first, "primary")).toContain("statusCallback");
  const statusCallback = number.status_callback;
  number.voice_url = "https://elsewhere.example/voice";
  number.status_callback = "https://elsewhere.example/status";
  const byHand = await stopped(file);
  expect(byHand).toMatch(
    /the plan differs from .*plan\.json: primary \(update\): statusCallback has another value than in the approved plan/,
  );
  expect(byHand).toContain("primary (update): voiceUrl would change, but not in the approved plan");
  number.status_callback = statusCallback;

  await stack().editConfig((config) => {
    config["hub:voice"] = { ...Object(config["hub:voice"]), record: false };
  });
  const byConfig = await stopped(file);
  expect(byConfig).toContain("hub:voice: the config's value differs");
  expect(byConfig).toContain("staged-release (create): environment.HUB_RELEASE would be set to another value");

  const again = join(folder, "again.json");
  await record(again);
  const copy = await copyProject();
  try {
    await copy.replace("hub/urls/routes.ts", '"/voice/status"', '"/voice/call-status"');
    await copy.replace("hub/scripts/stage-release.ts", "KEPT_RELEASES = 5", "KEPT_RELEASES = 6");
    const byCode = await stopped(again, copy.folder);
    expect(byCode).not.toContain("hub:voice");
    expect(byCode).toContain("primary (update): statusCallback would be set to another value than was approved");
    expect(byCode).toContain("staged-release (create): create would be set to another value than was approved");
  } finally {
    await copy.close();
  }

  const up = await stack().pulumi(["up", "--yes", "--skip-preview", "--expect", again]);
  expect(up.code, outputOf(up)).toBe(0);
  expect(number.voice_url).toBe("https://webhook.reri.co/voice/webhook");
  const after = join(folder, "after.json");
  expect((await record(after)).steps).toEqual([]);

  // Edit the number after the preview that is compared and before the changes.
  const changes = changesIn(stack()).length;
  const ended = new AbortController();
  let changing: Promise<void> | undefined;
  const late = await stack().pulumi(["up", "--yes", "--skip-preview", "--expect", after], {
    onStart: (tool) => {
      changing = engineStarted(tool, ended.signal).then(() => {
        number.voice_url = "https://late.example/voice";
      });
    },
  });
  ended.abort();
  await changing;
  expect(late.code, outputOf(late)).toBe(1);
  expect(late.stdout).toContain("primary violates plan: properties changed: =~voiceUrl (the values are not shown)");
  expect(changesIn(stack())).toHaveLength(changes);
});

/** The paths that a plan changes on a resource. */
function changedIn({ steps }: PlanRecord, name: string): string[] {
  return steps.filter(({ urn }) => nameOf(urn) === name).flatMap(({ changes }) => changes.map(({ path }) => path));
}

/** Waits until a tool has started the engine's `up` or has ended. */
async function engineStarted(tool: number, ended: AbortSignal): Promise<void> {
  while (!ended.aborted && (await engineOf(tool)) === undefined) await delay(20);
}

async function record(file: string): Promise<PlanRecord> {
  const recorded = await stack().pulumi(["preview", "--record", file]);
  expect(recorded.code, outputOf(recorded)).toBe(0);
  return PlanRecord.parse(JSON.parse(await readFile(file, "utf8")));
}

/** Expects an `up` to be stopped by a record before any change, and returns its errors. */
async function stopped(file: string, project?: string): Promise<string> {
  const up = ["up", "--yes", "--skip-preview", "--expect", file];
  const result = await stack().pulumi(up, project === undefined ? {} : { project });
  expect(result.code, outputOf(result)).toBe(1);
  expect(changesIn(stack())).toEqual([]);
  await expect(readdir(stack().releases)).rejects.toThrow("ENOENT");
  return errorsOf(result).join("\n");
}
