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

test("the CLI on PATH is taken where it is the pinned version", async () => {
  const path = await putCli(join(home, "bin", "pulumi"), PULUMI_VERSION);
  await putCli(downloaded(), PULUMI_VERSION);
  expect(await findCli(environment(dirname(path)), UNREACHABLE)).toEqual({ path, origin: "PATH" });
});

test("npm's shim on PATH is not taken for the CLI", async () => {
  const shim = await putCli(join(home, "node_modules", ".bin", "pulumi"), PULUMI_VERSION);
  await putCli(built(), PULUMI_VERSION);
  expect(await findCli(environment(dirname(shim)), UNREACHABLE)).toEqual({ path: built(), origin: "built" });
});

test("what npm's pulumi has downloaded is taken before what was built", async () => {
  await putCli(built(), PULUMI_VERSION);
  await putCli(downloaded(), PULUMI_VERSION);
  expect(await findCli(environment(), UNREACHABLE)).toEqual({ path: downloaded(), origin: "npm" });
});

test("where nothing is here the download is tried, then the build", async () => {
  const asked: string[] = [];
  const sources: CliSources = {
    download: async () => void asked.push("download"),
    async build(target) {
      asked.push("build");
      await putCli(target, PULUMI_VERSION);
    },
  };
  expect(await findCli(environment(), sources)).toEqual({ path: built(), origin: "built" });
  expect(asked).toEqual(["download", "build"]);
});

test("where nothing helps one error names each thing that was tried and what to install", async () => {
  const other = await putCli(join(home, "bin", "pulumi"), "3.1.0");
  const finding = findCli(environment(dirname(other)), UNREACHABLE);
  await expect(finding).rejects.toThrow(`no Pulumi CLI ${PULUMI_VERSION}`);
  await expect(finding).rejects.toThrow(`${other}: is v3.1.0, and not v${PULUMI_VERSION}`);
  await expect(finding).rejects.toThrow("the download by npm's pulumi: the download site is out of reach");
  await expect(finding).rejects.toThrow("a build from the Go module proxy: go is not on PATH");
  await expect(finding).rejects.toThrow(/Install it from https:.* or install Go/);
});
