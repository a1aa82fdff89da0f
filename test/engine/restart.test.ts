import { readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { startConstantLoad } from "../../tools/loopback/constant-load.ts";
import { type LoopbackMachine, makeLoopbackMachine } from "../../tools/loopback/machine.ts";
import { copyProject } from "../../tools/loopback/project-copy.ts";
import { vaultValues } from "../../tools/loopback/secrets.ts";
import { previewSteps } from "../../tools/plan/preview-json.ts";
import { type LocalPostgres, startPostgres } from "../../tools/postgres/postgres.ts";
import { momentOf } from "../../tools/stack/local-releases.ts";
import { outputOf, useLoopbackStack } from "../support/engine.ts";
import { killUpWhen } from "../support/machine/kill-engine.ts";
import { watchProcesses } from "../support/machine/processes.ts";

const TODAY = new Date().toISOString().slice(0, 10);
const CALLER = "+12125550123";
const Inputs = z.looseObject({ environment: z.record(z.string(), z.unknown()).optional() });
const Resource = z.looseObject({ urn: z.string(), inputs: Inputs.default({}) });
const State = z.object({ deployment: z.object({ resources: z.array(Resource) }) });

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

const bareUp = (project?: string) => stack().bareUp({ ...machine.options, ...(project !== undefined && { project }) });
const pids = () => [...machine.pm2("jlist").matchAll(/"pid":(\d+)/g)].map(([, pid]) => pid);
const current = () => readlink(join(stack().releases, "current"));

async function authorise(digest: string, on = TODAY): Promise<void> {
  await stack().editConfig((config) => {
    config["hub:authorisation"] = { release: digest, by: "Henry Hill", on };
  });
}

async function release(): Promise<string> {
  return JSON.parse((await stack().pulumi(["pulumi", "stack", "output", "--json"])).stdout).releaseDigest;
}

/** Stages a project's release, and carries out the authorised restart if there is one. Returns the release's digest. */
async function stage(project?: string): Promise<string> {
  await stack().apply({ ...machine.options, ...(project !== undefined && { project }) });
  return release();
}

/** Runs an `up` that keeps to a recorded plan and carries out the authorised restart. Returns the release's digest. */
async function restartAsPlanned(plan: string): Promise<string> {
  const result = await stack().pulumi(["up", "--yes", "--skip-preview", "--expect", plan], machine.options);
  expect(result.code, outputOf(result)).toBe(0);
  return release();
}

/** The releases of the restarts in the state, as the hex digits of their digests. */
async function restartsInState(): Promise<unknown[]> {
  const exported = await stack().pulumi(["pulumi", "stack", "export"]);
  const { resources } = State.parse(JSON.parse(exported.stdout)).deployment;
  return resources.filter(({ urn }) => urn.endsWith("::restart")).map(({ inputs }) => inputs.environment?.HUB_RELEASE);
}

async function waitingFor(): Promise<string> {
  return JSON.parse((await stack().pulumi(["pulumi", "stack", "output", "--json"])).stdout).waitingFor;
}

/** Places a call, and returns the status of each of its webhooks. */
async function call(): Promise<string> {
  calls += 1;
  const [number] = stack().cloud.twilio.state.numbers.values();
  const { attempts } = await stack().cloud.placeCall({ to: number?.phone_number ?? "", from: CALLER });
  return attempts.map(({ status }) => status).join(", ");
}

test("up stages a release and starts it once it is authorised; no signed call fails in a reload under load", async () => {
  const first = await stage();
  await expect(current()).rejects.toThrow("ENOENT");
  await authorise(first);
  expect(await stage()).toBe(first);
  expect(`sha256:${await current()}`).toBe(first);

  await stack().editConfig((config) => {
    config["hub:voice"] = { ...Object(config["hub:voice"]), record: false };
  });
  const second = await stage();
  expect(second).not.toBe(first);
  expect(`sha256:${await current()}`).toBe(first);
  await authorise(second);
  const plan = join(stack().folder, "plan.json");
  const shown = await stack().pulumi(["preview", "--json", "--record", plan], machine.options);
  expect(previewSteps(shown.stdout).map(({ op, name }) => `${op} ${name}`)).toContain("replace restart");
  const before = calls;
  const stopCalling = startConstantLoad(call);
  const stopWatching = watchProcesses(stack());
  expect(await restartAsPlanned(plan)).toBe(second);
  const [statuses, processes] = [await stopCalling(), await stopWatching()];
  expect(calls - before).toBeGreaterThan(20);
  expect(statuses).toEqual(new Set(["200"]));
  expect(`sha256:${await current()}`).toBe(second);
  expect(await waitingFor()).toBe("nothing");

  const shownArguments = [...processes].map((text) => text.split("\0").slice(0, 4).join(" "));
  for (const program of [/pulumi up/, /language-host|run /, /handler\.mjs/]) {
    expect(shownArguments).toContainEqual(expect.stringMatching(program));
  }
  for (const secret of await vaultValues(stack())) for (const text of processes) expect(text).not.toContain(secret);
});

test("the running release keeps answering in the same process if it is authorised again while the vault refuses a reference", async () => {
  const { vaultFile } = stack().cloud;
  const vault = await readFile(vaultFile, "utf8");
  const { "op://Aurora/openclaw/hook-token": _refused, ...rest } = JSON.parse(vault);
  const before = pids();
  await writeFile(vaultFile, JSON.stringify(rest));
  try {
    await authorise(`sha256:${await current()}`, momentOf(new Date()));
    const result = await bareUp();
    expect(result.code).toBe(1);
    expect(outputOf(result)).toContain("OPENCLAW_HOOK_TOKEN: op://Aurora/openclaw/hook-token: op read failed");
    expect(outputOf(result)).toContain("runs on, untouched");
    expect(pids()).toEqual(before);
    expect(await call()).toBe("200");
  } finally {
    await writeFile(vaultFile, vault);
    await authorise(`sha256:${await current()}`);
  }
});

test("after a kill -9 in the middle of a restart the next up ends with the authorised release running, and no call fails", async () => {
  const before = await current();
  const other = (await readdir(stack().releases)).find((name) => /^[0-9a-f]{64}$/.test(name) && name !== before);
  await authorise(`sha256:${other}`, momentOf(new Date()));
  const isRestarting = async () => (await current()) !== before;
  const stopCalling = startConstantLoad(call);
  await killUpWhen(stack(), machine.options, isRestarting);
  await stack().apply(machine.options);
  expect(await stopCalling()).toEqual(new Set(["200"]));
  expect(await current()).toBe(other);
});

test("a release that does not answer is rolled back automatically, its up fails, and the next preview shows the restart again", async () => {
  const before = await current();
  const copy = await copyProject();
  try {
    // This release answers webhooks, but does not recognise a probe.
    await copy.replace("handlers/release/probe-request.ts", "return isProbe &&", "return !isProbe &&");
    const broken = await stage(copy.folder);
    await authorise(broken);
    const result = await bareUp(copy.folder);
    expect(result.code).toBe(1);
    expect(outputOf(result)).toContain("was not taken");
    expect(await current()).toBe(before);
    expect(await waitingFor()).toContain(`${broken} waits for an authorisation`);
    // The state has the restart of the running release, not the failed one.
    expect(await restartsInState()).toEqual([before]);
    const shown = await stack().pulumi(["preview", "--json"], { ...machine.options, project: copy.folder });
    expect(previewSteps(shown.stdout).map(({ op, name }) => `${op} ${name}`)).toEqual(["replace restart"]);
    expect(await startConstantLoad(call)()).toEqual(new Set(["200"]));
    expect(
      stack()
        .cloud.discord.state.messages.map(({ content }) => content)
        .join("\n"),
    ).toContain("was not taken");
  } finally {
    await copy.close();
  }
});

test("no vault value is in a release, in PM2's files or in the environment of PM2's processes", async () => {
  const { releases } = stack();
  const names = await readdir(releases, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const processes = pids();
  expect(processes.length).toBeGreaterThan(0);
  const texts = await Promise.all([
    machine.files(),
    ...files.map((file) => readFile(file, "latin1")),
    ...processes.map((pid) => readFile(`/proc/${pid}/environ`, "latin1")),
    ...processes.map((pid) => readFile(`/proc/${pid}/cmdline`, "latin1")),
  ]);
  expect(texts.join("").length).toBeGreaterThan(10_000);
  expect(texts[0]).toContain('"msg":"listening"');
  for (const secret of await vaultValues(stack())) for (const text of texts) expect(text).not.toContain(secret);
});
