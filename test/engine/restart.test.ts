import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askAllTheTime } from "../../tools/ask-all-the-time.ts";
import { type LoopbackMachine, makeLoopbackMachine } from "../../tools/loopback-machine.ts";
import { vaultValues } from "../../tools/loopback-secrets.ts";
import { type LocalPostgres, startPostgres } from "../../tools/postgres.ts";
import { previewSteps } from "../../tools/preview-report.ts";
import { copyProject } from "../../tools/project-copy.ts";
import { outputOf, useLoopbackStack } from "../support/engine.ts";

const TODAY = new Date().toISOString().slice(0, 10);
const CALLER = "+12125550123";

const stack = useLoopbackStack();
let postgres: LocalPostgres;
let machine: LoopbackMachine;
let calls = 0;
beforeAll(async () => {
  postgres = await startPostgres();
  machine = await makeLoopbackMachine(stack(), await postgres.createDatabase("hub"));
});
afterAll(async () => {
  machine.close();
  await postgres.close();
});

const up = (project?: string) =>
  stack().pulumi(["up", "--yes"], { ...machine.options, ...(project !== undefined && { project }) });
const current = () => readlink(join(stack().releases, "current"));

async function authorise(release: string, by = "Henry Hill"): Promise<void> {
  await stack().editConfig((config) => {
    config["hub:owners"] = ["Henry Hill", "Karen Hill"];
    config["hub:authorisation"] = { release, by, on: TODAY };
  });
}

async function stagedRelease(project?: string): Promise<string> {
  const result = await up(project);
  expect(result.code, outputOf(result)).toBe(0);
  return JSON.parse((await stack().pulumi(["pulumi", "stack", "output", "--json"])).stdout).releaseDigest;
}

/** A call, and the status of each of its webhooks. */
async function call(): Promise<string> {
  calls += 1;
  const [number] = stack().cloud.twilio.state.numbers.values();
  const { attempts } = await stack().cloud.placeCall({ to: number?.phone_number ?? "", from: CALLER });
  return attempts.map(({ status }) => status).join(", ");
}

test("up stages; what is authorised is started, and a reload under load fails no signed call", async () => {
  const first = await stagedRelease();
  await expect(current()).rejects.toThrow("ENOENT");
  await authorise(first);
  expect(await stagedRelease()).toBe(first);
  expect(`sha256:${await current()}`).toBe(first);

  await stack().editConfig((config) => {
    config["hub:voice"] = { ...Object(config["hub:voice"]), record: false };
  });
  const second = await stagedRelease();
  expect(second).not.toBe(first);
  expect(`sha256:${await current()}`).toBe(first);
  await authorise(second);
  const shown = await stack().pulumi(["preview", "--json"], machine.options);
  expect(previewSteps(shown.stdout).map(({ op, name }) => `${op} ${name}`)).toContain("replace restart");
  const before = calls;
  const stopCalling = askAllTheTime(call);
  expect(await stagedRelease()).toBe(second);
  const statuses = await stopCalling();
  expect(calls - before).toBeGreaterThan(20);
  expect(statuses).toEqual(new Set(["200"]));
  expect(`sha256:${await current()}`).toBe(second);
});

test("a release that does not answer is taken back by itself, and the up that tried it fails", async () => {
  const before = await current();
  const copy = await copyProject();
  try {
    // It answers webhooks, and takes no probe for one.
    await copy.replace("handlers/probe-request.ts", "return isProbe &&", "return !isProbe &&");
    const broken = await stagedRelease(copy.folder);
    await authorise(broken);
    const result = await up(copy.folder);
    expect(result.code).toBe(1);
    expect(outputOf(result)).toContain("was not taken");
    expect(await current()).toBe(before);
    expect(await askAllTheTime(call)()).toEqual(new Set(["200"]));
    expect(
      stack()
        .cloud.discord.state.messages.map(({ content }) => content)
        .join("\n"),
    ).toContain("was not taken");
  } finally {
    await copy.close();
  }
});

test("no vault value stands in a release, in PM2's files or in the environment of what it runs", async () => {
  const { releases } = stack();
  const names = await readdir(releases, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const processes = [...machine.pm2("jlist").matchAll(/"pid":(\d+)/g)].map(([, pid]) => pid);
  expect(processes.length).toBeGreaterThan(0);
  const texts = await Promise.all([
    machine.files(),
    ...files.map((file) => readFile(file, "latin1")),
    ...processes.map((pid) => readFile(`/proc/${pid}/environ`, "latin1")),
    ...processes.map((pid) => readFile(`/proc/${pid}/cmdline`, "latin1")),
  ]);
  expect(texts.join("").length).toBeGreaterThan(10_000);
  for (const secret of await vaultValues(stack())) for (const text of texts) expect(text).not.toContain(secret);
});
