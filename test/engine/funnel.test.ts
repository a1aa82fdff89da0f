import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { BIN_FOLDER } from "../../loopback/vault.ts";
import { outputOf, useLoopbackStack } from "../support/engine.ts";

const HOST = "srv1347501.tailb025a7.ts.net";
const OTHER = ["/other", "http://127.0.0.1:1"] as const;
const Hosts = z.looseObject({ funnel: z.looseObject({}) });
const ServeConfig = z.object({
  Web: z.record(z.string(), z.object({ Handlers: z.record(z.string(), z.object({ Proxy: z.string() })) })),
});

const stack = useLoopbackStack();
const stateFile = () => join(stack().folder, "tailscale");
const environment = () => ({
  LOOPBACK_TAILSCALE_STATE: stateFile(),
  LOOPBACK_TAILSCALE_HOST: HOST,
  PATH: [BIN_FOLDER, stack().environment.PATH].join(delimiter),
});

const run = (args: readonly string[]) => stack().pulumi(args, { environment: environment() });
const tailscale = (...args: string[]) =>
  execFileSync("tailscale", ["funnel", ...args], { env: { ...process.env, ...environment() } });

async function declare(mounts: readonly string[]): Promise<void> {
  await stack().editConfig((config) => {
    const hosts = Hosts.parse(config["hub:hosts"]);
    config["hub:hosts"] = { ...hosts, funnel: { ...hosts.funnel, prefix: "whole", mounts } };
  });
}

async function up(): Promise<void> {
  const result = await run(["pulumi", "up", "--yes", "--skip-preview", "--config-file", stack().configFile]);
  expect(result.code, outputOf(result)).toBe(0);
}

/** The mounts on the machine and their targets, in the order in which they were set. */
async function mounts(): Promise<[string, string][]> {
  const { Web } = ServeConfig.parse(JSON.parse(await readFile(stateFile(), "utf8")));
  return Object.entries(Web[`${HOST}:443`]?.Handlers ?? {}).map(([mount, { Proxy: target }]) => [mount, target]);
}

const ours = (mount: string) => [mount, `http://127.0.0.1:${stack().handlerPort}${mount}`];

test("mounts are added to those of others; if one is added and one removed, the rest is not touched", async () => {
  tailscale("--bg", `--set-path=${OTHER[0]}`, OTHER[1]);
  await declare(["/voice", "/sms", "/calls"]);
  await up();
  expect(await mounts()).toEqual([OTHER, ours("/calls"), ours("/sms"), ours("/voice")]);
  await declare(["/voice", "/sms", "/texts"]);
  await up();
  expect(await mounts()).toEqual([OTHER, ours("/sms"), ours("/voice"), ours("/texts")]);
});

test("a mount that was removed by hand is drift, and up repairs it", async () => {
  tailscale("--set-path=/voice", "off");
  const drift = await run(["drift"]);
  expect(drift.stdout).toContain('~ HUB_FUNNEL_FOUND: "as declared" => "not as declared"');
  expect(drift.code, outputOf(drift)).toBe(7);
  await up();
  expect(await mounts()).toEqual([OTHER, ours("/sms"), ours("/texts"), ours("/voice")]);
  expect((await run(["drift"])).code).toBe(0);
});
