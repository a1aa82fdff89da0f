import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CliSources, findCli } from "./find-cli.ts";
import { PULUMI_VERSION } from "./version.ts";

let home = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "find-cli-"));
});

afterEach(() => rm(home, { recursive: true }));

const UNREACHABLE: CliSources = {
  download: () => Promise.reject(new Error("the download site is out of reach")),
  build: () => Promise.reject(new Error("go is not on PATH")),
};

async function putCli(file: string, version: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho v${version}\n`);
  await chmod(file, 0o755);
  return file;
}

function environment(...folders: string[]): NodeJS.ProcessEnv {
  return {
    PATH: [...folders, "/usr/bin", "/bin"].join(delimiter),
    PULUMI_HOME: join(home, "pulumi"),
    XDG_CACHE_HOME: join(home, "cache"),
  };
}

const built = () => join(home, "cache", "twilio-hub", `pulumi-v${PULUMI_VERSION}`, "pulumi");
const downloaded = () => join(home, "pulumi", "versions", PULUMI_VERSION, "bin", "pulumi");

test("the CLI on PATH is taken if it is the pinned version", async () => {
  const path = await putCli(join(home, "bin", "pulumi"), PULUMI_VERSION);
  await putCli(downloaded(), PULUMI_VERSION);
  expect(await findCli(environment(dirname(path)), UNREACHABLE)).toEqual({ path, origin: "PATH" });
});

test("npm's shim on PATH is not taken for the CLI", async () => {
  const shim = await putCli(join(home, "node_modules", ".bin", "pulumi"), PULUMI_VERSION);
  await putCli(built(), PULUMI_VERSION);
  expect(await findCli(environment(dirname(shim)), UNREACHABLE)).toEqual({ path: built(), origin: "built" });
});

test("the download of npm's pulumi is preferred to a built CLI", async () => {
  await putCli(built(), PULUMI_VERSION);
  await putCli(downloaded(), PULUMI_VERSION);
  expect(await findCli(environment(), UNREACHABLE)).toEqual({ path: downloaded(), origin: "npm" });
});

test("if no CLI is here, the download is tried, then the build", async () => {
  const tried: string[] = [];
  const sources: CliSources = {
    download: async () => void tried.push("download"),
    async build(target) {
      tried.push("build");
      await putCli(target, PULUMI_VERSION);
    },
  };
  expect(await findCli(environment(), sources)).toEqual({ path: built(), origin: "built" });
  expect(tried).toEqual(["download", "build"]);
});

test("if everything fails, one error names each attempt and what to install", async () => {
  const other = await putCli(join(home, "bin", "pulumi"), "3.1.0");
  const finding = findCli(environment(dirname(other)), UNREACHABLE);
  await expect(finding).rejects.toThrow(`no Pulumi CLI ${PULUMI_VERSION}`);
  await expect(finding).rejects.toThrow(`${other}: found v3.1.0, expected v${PULUMI_VERSION}`);
  await expect(finding).rejects.toThrow("the download by npm's pulumi: the download site is out of reach");
  await expect(finding).rejects.toThrow("a build from the Go module proxy: go is not on PATH");
  await expect(finding).rejects.toThrow(/Install it from https:.* or install Go/);
});
