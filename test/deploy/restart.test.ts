import { readFile, utimes, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KEPT_RELEASES } from "../../hub/scripts/stage-release.ts";
import { startConstantLoad } from "../../tools/loopback/constant-load.ts";
import { makeKillers } from "../support/machine/killers.ts";
import { makePm2Machine, type Pm2Machine } from "../support/machine/pm2-machine.ts";
import { releasesIn } from "../support/machine/small-release.ts";

let machine: Pm2Machine;
/** The release that runs at the start of each test. */
let good: string;

beforeAll(async () => {
  machine = await makePm2Machine();
  good = await machine.build();
  expect(machine.stage(good)).toMatchObject({ status: 0, stderr: "" });
});
afterAll(() => machine.close());

async function staged(...args: Parameters<Pm2Machine["build"]>): Promise<string> {
  const release = await machine.build(...args);
  expect(machine.stage(release)).toMatchObject({ status: 0, stderr: "" });
  return release;
}

test("the first authorisation starts the release, and the same authorisation again does nothing", async () => {
  expect(await machine.answer()).toBeUndefined();
  expect(await machine.restart(good)).toMatchObject({ status: 0, stderr: "", stdout: `${good} runs\n` });
  expect(await machine.answer()).toBe(good);
  expect(await machine.current()).toBe(good);
  const before = machine.processes();
  expect(await machine.restart(good)).toMatchObject({ status: 0, stdout: "this authorisation was carried out\n" });
  expect(machine.processes()).toEqual(before);
});

test("an authorised release starts under load, and no request fails", async () => {
  const next = await staged();
  const stopLoad = startConstantLoad(machine.answer);
  expect(await machine.restart(next)).toMatchObject({ status: 0, stderr: "" });
  expect(await stopLoad()).toEqual(new Set([good, next]));
  expect(machine.processes()).toMatchObject([{ release: next, status: "online" }]);
  good = next;
});

test("after a crash between staging and authorisation, the previous release runs again", async () => {
  const next = await staged();
  const [running] = machine.processes();
  process.kill(running?.pid ?? 0, "SIGKILL");
  await expect.poll(() => machine.answer(), { timeout: 20_000 }).toBe(good);
  expect(machine.processes()).toMatchObject([{ release: good }]);
  expect(await machine.restart(next)).toMatchObject({ status: 0 });
  expect(await machine.answer()).toBe(next);
  good = next;
});

test("a release that is not staged, a damaged release and an invalid date of authorisation change nothing", async () => {
  const missing = await machine.build();
  const expectRefusal = async (release: string, message: string, environment = {}) => {
    const { status, stderr } = await machine.restart(release, "Henry Hill", environment);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) });
    expect(await machine.current()).toBe(good);
  };
  await expectRefusal(missing, "is not staged whole");
  const spoilt = await staged();
  await writeFile(join(machine.releases, spoilt, "handler.mjs"), "spoilt");
  await expectRefusal(spoilt, "is not staged whole");
  const next = await staged();
  await expectRefusal(next, "is more than 7 days ago", { HUB_AUTHORISED_ON: "2020-01-01" });
  await expectRefusal(next, "is in the future", { HUB_AUTHORISED_ON: "2999-01-01" });
});

test("a restart that is killed at any step leaves a complete release that answers, and can be repeated", async () => {
  const pair = [good, await staged()];
  for (let call = 1; ; call += 1) {
    const target = pair[call % 2] ?? good;
    const bin = await makeKillers(machine.folder, ["mv", "ln", "sync", "pm2 s*", "node *handler.mjs*"], call);
    const PATH = [bin, machine.environment.PATH].join(delimiter);
    const by = `Henry Hill ${call}`;
    const { status, stderr } = await machine.restart(target, by, { PATH });
    expect(pair).toContain(await machine.current());
    expect((await releasesIn(machine.releases)).whole).toEqual(expect.arrayContaining(pair));
    expect(pair).toContain(await machine.answer());
    if (status === 0) {
      expect(call).toBeGreaterThan(12);
      break;
    }
    expect({ status, stderr }).toEqual({ status: 137, stderr: "" });
    expect(await machine.restart(target, by)).toMatchObject({ status: 0, stderr: "" });
    expect(await machine.current()).toBe(target);
    expect(await machine.answer()).toBe(target);
  }
  good = await machine.current();
});

test("PM2 keeps no variable of the user who restarts", async () => {
  const secret = "a-secret-of-the-deployment";
  const next = await staged();
  expect(await machine.restart(next, "Henry Hill", { CLOUDFLARE_API_TOKEN: secret })).toMatchObject({ status: 0 });
  const dump = await readFile(join(machine.environment.PM2_HOME ?? "", "dump.pm2"), "utf8");
  expect(dump).toContain("op://Aurora/twilio/auth-token");
  expect(dump).not.toContain(secret);
  const [running] = machine.processes();
  expect(await readFile(`/proc/${running?.pid}/environ`, "utf8")).not.toContain(secret);
  good = next;
});

test("the release's number of processes run, and no request fails", async () => {
  for (const instances of [2, 2, 1]) {
    const next = await staged(undefined, instances);
    const stopLoad = startConstantLoad(machine.answer);
    expect(await machine.restart(next)).toMatchObject({ status: 0, stderr: "" });
    expect(await stopLoad()).toEqual(new Set([good, next]));
    const running = Array.from({ length: instances }, () => ({ release: next, status: "online" }));
    expect(machine.processes()).toMatchObject(running);
    good = next;
  }
});

test("a release that a later staging has removed can still be authorised", async () => {
  const target = await staged();
  for (let count = 0; count < KEPT_RELEASES - 2; count += 1) await staged();
  expect((await releasesIn(machine.releases)).whole).toContain(target);
  await utimes(join(machine.releases, target), new Date(0), new Date(0));
  await staged();
  expect((await releasesIn(machine.releases)).whole).not.toContain(target);
  expect(await machine.restart(target)).toMatchObject({ status: 0, stderr: "" });
  expect(await machine.answer()).toBe(target);
  good = target;
});
