import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BIN_FOLDER } from "../../loopback/vault.ts";
import { LOOK_AT_FUNNEL, REMOVE_FUNNEL, SET_FUNNEL } from "./set-funnel.ts";

const HOST = "machine.tail0.ts.net";
const TARGET = "http://127.0.0.1:18797";
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "funnel-"));
});
afterEach(() => rm(folder, { recursive: true }));

const environment = () => ({
  ...process.env,
  PATH: [BIN_FOLDER, process.env.PATH].join(delimiter),
  LOOPBACK_TAILSCALE_STATE: join(folder, "state"),
  LOOPBACK_TAILSCALE_HOST: HOST,
  HUB_TRANSPORT: "local",
  HUB_FUNNEL_HOST: HOST,
  HUB_FUNNEL_MOUNTS: "/sms /voice",
  HUB_FUNNEL_TARGET: TARGET,
});
const run = (script: string, extra: Readonly<Record<string, string>> = {}) =>
  spawnSync("/bin/sh", ["-c", script], { env: { ...environment(), ...extra }, encoding: "utf8" });
const tailscale = (...args: string[]) => execFileSync("tailscale", args, { env: environment(), encoding: "utf8" });
const state = async () => JSON.parse(await readFile(join(folder, "state"), "utf8"));

test("mounts are set with the target that keeps the prefix whole, and read back", async () => {
  expect(run(LOOK_AT_FUNNEL)).toMatchObject({ status: 0, stdout: "not as declared\n", stderr: "" });
  expect(run(SET_FUNNEL)).toMatchObject({ status: 0, stdout: "as declared\n", stderr: "" });
  expect(await state()).toEqual({
    TCP: { 443: { HTTPS: true } },
    Web: {
      [`${HOST}:443`]: { Handlers: { "/sms": { Proxy: `${TARGET}/sms` }, "/voice": { Proxy: `${TARGET}/voice` } } },
    },
    AllowFunnel: { [`${HOST}:443`]: true },
  });
  expect(run(LOOK_AT_FUNNEL).stdout).toBe("as declared\n");
});

test("changes by hand are found and fixed", () => {
  run(SET_FUNNEL);
  tailscale("funnel", "--bg", "--set-path=/voice", TARGET);
  expect(run(LOOK_AT_FUNNEL).stdout).toBe("not as declared\n");
  run(SET_FUNNEL);
  expect(run(LOOK_AT_FUNNEL).stdout).toBe("as declared\n");
  tailscale("funnel", "--set-path=/sms", "off");
  expect(run(LOOK_AT_FUNNEL).stdout).toBe("not as declared\n");
});

test("other mounts stay, both when ours are set and when they are removed", async () => {
  tailscale("funnel", "--bg", "--set-path=/other", "http://127.0.0.1:1");
  run(SET_FUNNEL);
  expect(run(REMOVE_FUNNEL)).toMatchObject({ status: 0, stderr: "" });
  expect((await state()).Web[`${HOST}:443`].Handlers).toEqual({ "/other": { Proxy: "http://127.0.0.1:1" } });
  expect(run(REMOVE_FUNNEL)).toMatchObject({ status: 0, stderr: "" });
});

test("a mount that is not declared is removed, a new one is set, and the others are not touched", async () => {
  tailscale("funnel", "--bg", "--set-path=/other", "http://127.0.0.1:1");
  run(SET_FUNNEL);
  const changed = { HUB_FUNNEL_MOUNTS: "/calls /voice" };
  expect(run(LOOK_AT_FUNNEL, { HUB_FUNNEL_MOUNTS: "/voice" }).stdout).toBe("not as declared\n");
  expect(run(LOOK_AT_FUNNEL, changed).stdout).toBe("not as declared\n");
  expect(run(SET_FUNNEL, changed)).toMatchObject({ status: 0, stdout: "as declared\n", stderr: "" });
  expect((await state()).Web[`${HOST}:443`].Handlers).toEqual({
    "/other": { Proxy: "http://127.0.0.1:1" },
    "/voice": { Proxy: `${TARGET}/voice` },
    "/calls": { Proxy: `${TARGET}/calls` },
  });
  expect(run(LOOK_AT_FUNNEL, changed).stdout).toBe("as declared\n");
});

test("a mount for the tailnet is not exposed to the internet", async () => {
  tailscale("serve", "--bg", "--set-path=/private", "http://127.0.0.1:1");
  const before = await state();
  const { status, stderr } = run(SET_FUNNEL);
  expect(status).toBe(1);
  expect(stderr).toContain(`hub:hosts.funnel: /private at ${HOST} is only for the tailnet`);
  expect(await state()).toEqual(before);
});

test("a machine under another name and one without tailscaled are reported", () => {
  const other = run(SET_FUNNEL, { LOOPBACK_TAILSCALE_HOST: "other.tail0.ts.net" });
  expect(other.stderr).toContain(`not as declared after they were set, at ${HOST}: /sms /voice`);
  expect(other.status).toBe(1);
  const none = run(LOOK_AT_FUNNEL, { LOOPBACK_TAILSCALE_STATE: "" });
  expect(none.stderr).toContain("hub:hosts.funnel: tailscale does not report the state of the funnel");
  expect(none.status).toBe(1);
});
