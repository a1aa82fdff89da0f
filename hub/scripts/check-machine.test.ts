import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CHECK_MACHINE } from "./check-machine.ts";

const TOOLS = [
  "base64",
  "cat",
  "cmp",
  "date",
  "dirname",
  "find",
  "flock",
  "grep",
  "id",
  "ln",
  "ls",
  "mktemp",
  "mv",
  "rm",
  "sed",
];
const MORE_TOOLS = ["sh", "sha256sum", "sync", "tar", "timeout"];
let folder = "";
let bin = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "machine-"));
  bin = join(folder, "bin");
  await mkdir(bin);
  for (const tool of [...TOOLS, ...MORE_TOOLS]) {
    const path = spawnSync("/bin/sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim();
    await symlink(path, join(bin, tool));
  }
});
afterEach(() => rm(folder, { recursive: true }));

async function install(tool: string, prints = ""): Promise<void> {
  await writeFile(join(bin, tool), `#!/bin/sh\necho '${prints}'\n`);
  await chmod(join(bin, tool), 0o755);
}

function check(environment: Readonly<Record<string, string>> = {}) {
  const { username } = userInfo();
  const own = { HUB_TRANSPORT: "local", HUB_FUNNEL: "by hand", HUB_RELEASES: join(folder, "a", "releases") };
  const env = { PATH: bin, ...own, HUB_USER: username, ...environment };
  return spawnSync("/bin/sh", ["-c", CHECK_MACHINE], { env, encoding: "utf8" });
}

async function installAll(): Promise<void> {
  await install("node", "v24.21.0");
  for (const tool of ["pm2", "op"]) await install(tool);
}

test("a machine that has all is ready, and nothing was written on it", async () => {
  await installAll();
  expect(check()).toMatchObject({ status: 0, stdout: "ready\n", stderr: "" });
  expect(await readdir(folder)).toEqual(["bin"]);
});

test("all that is missing is said at once, in one line, with what to install", async () => {
  await install("node", "v20.20.2");
  for (const tool of ["cmp", "find", "flock"]) await rm(join(bin, tool));
  const { status, stderr } = check({
    HUB_FUNNEL: "managed",
    HUB_USER: "somebody-else",
    HUB_RELEASES: "/proc/releases",
  });
  expect(status).toBe(1);
  for (const problem of [
    "node 24 is not on PATH; install Node.js 24",
    "pm2 is not on PATH; run npm install --global pm2",
    "op is not on PATH; install 1Password's CLI",
    "cmp is not on PATH; install it",
    "find is not on PATH; install it",
    "flock is not on PATH; install it",
    "tailscale is not on PATH",
    "hub:transport.user is somebody-else",
  ]) {
    expect(stderr).toContain(problem);
  }
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("tools that are not GNU's are named", async () => {
  await installAll();
  await rm(join(bin, "mv"));
  await install("mv", "BusyBox");
  expect(check().stderr).toContain("mv is not GNU coreutils'; install coreutils");
});

test("a folder that cannot be made is named by its key", async () => {
  await installAll();
  await writeFile(join(folder, "a"), "no folder");
  const { status, stderr } = check();
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining("hub:handler.releases: ") });
});

test.runIf(process.getuid?.() === 0)("root is refused where the config does not name it", async () => {
  await installAll();
  expect(check({ HUB_USER: "" }).stderr).toContain("this runs as root");
});
