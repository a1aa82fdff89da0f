import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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
  "readlink",
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

function check(environment: Readonly<Record<string, string>> = {}, cwd = folder) {
  const { username } = userInfo();
  const own = { HUB_TRANSPORT: "local", HUB_FUNNEL: "by hand", HUB_RELEASES: join(folder, "a", "releases") };
  const env = { PATH: bin, ...own, HUB_USER: username, ...environment };
  return spawnSync("/bin/sh", ["-c", CHECK_MACHINE], { cwd, env, encoding: "utf8" });
}

async function installAll(): Promise<void> {
  await install("node", "v24.21.0 at /usr/bin/node");
  for (const tool of ["pm2", "op"]) await install(tool);
}

test("a machine with everything is ready, and nothing is written on it", async () => {
  await installAll();
  expect(check()).toMatchObject({ status: 0, stdout: "ready\n", stderr: "" });
  expect(await readdir(folder)).toEqual(["bin"]);
});

test("everything missing is reported in one line, with what to install", async () => {
  await install("node", "v20.20.2 at /usr/bin/node");
  for (const tool of ["cmp", "find", "flock"]) await rm(join(bin, tool));
  const { status, stderr } = check({
    HUB_FUNNEL: "managed",
    HUB_USER: "somebody-else",
    HUB_RELEASES: "/proc/releases",
  });
  expect(status).toBe(1);
  for (const problem of [
    "node on PATH is v20.20.2 at /usr/bin/node, and not 24; install Node.js 24",
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

test("a machine without Node gets the advice to install it", async () => {
  await installAll();
  await rm(join(bin, "node"));
  expect(check().stderr).toContain("node 24 is not on PATH; install Node.js 24");
});

describe("in a project", () => {
  const project = () => join(folder, "project");
  const packages = () => join(project(), "node_modules");

  beforeEach(async () => {
    await mkdir(join(packages(), ".bin"), { recursive: true });
    await writeFile(join(project(), "Pulumi.yaml"), "name: test\n");
    await installAll();
  });

  test("a Node of the project is refused, through a wrapper too", async () => {
    const own = join(packages(), "node", "bin", "node");
    await install("node", `v24.21.0 at ${own}`);
    const line = `node on PATH is v24.21.0 at ${own}, a file of this project, which the next npm ci can delete; install Node.js 24`;
    expect(check({}, project()).stderr).toContain(line);
  });

  test("a PM2 of the project is refused, through a link too", async () => {
    const own = join(packages(), ".bin", "pm2");
    await writeFile(own, "");
    await chmod(own, 0o755);
    await rm(join(bin, "pm2"));
    await symlink(own, join(bin, "pm2"));
    expect(check({}, project()).stderr).toContain(
      `pm2 on PATH is ${own}, a file of this project, which the next npm ci can delete; run npm install --global pm2`,
    );
  });

  test("programs outside the project are accepted, whatever PATH the engine has", async () => {
    const engine = join(packages(), ".bin");
    for (const tool of ["node", "pm2"]) {
      await writeFile(join(engine, tool), "#!/bin/sh\nexit 1\n");
      await chmod(join(engine, tool), 0o755);
    }
    expect(check({ PATH: `${engine}:${bin}` }, project()).status).toBe(1);
    expect(check({ PATH: `${engine}:${bin}`, HUB_PATH: bin }, project())).toMatchObject({
      status: 0,
      stdout: "ready\n",
    });
  });
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

test.runIf(process.getuid?.() === 0)("root is refused unless the config names it", async () => {
  await installAll();
  expect(check({ HUB_USER: "" }).stderr).toContain("this runs as root");
});
