/** The Node and the PM2 that run the handler: they are the machine's, never files of the project, which the next `npm ci` deletes. */
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { personPath } from "../../tools/cli/person-path.ts";
import { machinePrograms } from "../../tools/loopback/programs.ts";
import { makePm2Machine, type Pm2Machine } from "../support/machine/pm2-machine.ts";

/** Installs Node and PM2 in the packages of the project that runs the machine's scripts. Returns their folder. */
async function installInProject({ project }: Pm2Machine): Promise<string> {
  const packages = join(project, "node_modules");
  const programs = await machinePrograms();
  await rm(packages, { recursive: true, force: true });
  await cp(join(dirname(programs), "node_modules"), packages, { recursive: true });
  await mkdir(join(packages, "node", "bin"), { recursive: true });
  await mkdir(join(packages, ".bin"));
  await copyFile(join(programs, "node"), join(packages, "node", "bin", "node"));
  await symlink(join("..", "node", "bin", "node"), join(packages, ".bin", "node"));
  await symlink(join("..", "pm2", "bin", "pm2"), join(packages, ".bin", "pm2"));
  return join(packages, ".bin");
}

/** The environment of a script that `npm run` starts: without the tool's additions, and with them. */
async function underNpm(machine: Pm2Machine) {
  const PATH = [await installInProject(machine), machine.environment.PATH].join(delimiter);
  return { bare: { PATH }, complete: { PATH, ...personPath({ PATH }) } };
}

async function withRelease(act: (machine: Pm2Machine, release: string) => Promise<void>): Promise<void> {
  const machine = await makePm2Machine();
  try {
    const release = await machine.build();
    expect(machine.stage(release)).toMatchObject({ status: 0 });
    await act(machine, release);
  } finally {
    await machine.close();
  }
}

test("a killed process restarts after the project's packages were deleted and installed again", () =>
  withRelease(async (machine, release) => {
    const { complete } = await underNpm(machine);
    expect(await machine.restart(release, "Henry Hill", complete)).toMatchObject({ status: 0, stderr: "" });
    await rm(join(machine.project, "node_modules"), { recursive: true });
    await installInProject(machine);
    const [running] = machine.processes();
    process.kill(running?.pid ?? Number.NaN, "SIGKILL");
    await expect.poll(() => machine.processes()[0]?.pid, { timeout: 20_000 }).not.toBe(running?.pid);
    await expect.poll(machine.answer, { timeout: 20_000 }).toBe(release);
  }));

test.concurrent("the project's programs are refused before the attempt is spent", () =>
  withRelease(async (machine, release) => {
    const { bare, complete } = await underNpm(machine);
    expect(await machine.restart(release, "Henry Hill", bare)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^the handler's machine is not ready: node on PATH is v24\S* at \S*\/node_modules\//,
      ),
    });
    expect(await readdir(machine.releases)).not.toContain(".authorisations");
    expect(await machine.restart(release, "Henry Hill", complete)).toMatchObject({ status: 0 });
  }));

test.concurrent("a PM2 daemon on the project's Node is refused until it is updated", () =>
  withRelease(async (machine, release) => {
    const { bare, complete } = await underNpm(machine);
    machine.pm2With(bare, "ping");
    const { status, stderr } = await machine.restart(release, "Henry Hill", complete);
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/PM2's daemon runs on \S*\/node_modules\/node\/bin\/node.*run pm2 update/),
    });
    machine.pm2("update");
    expect(await machine.restart(release, "Henry Hill", complete)).toMatchObject({ status: 0, stderr: "" });
  }));

test.concurrent("the scripts and PM2 run a wrapper of Node on the user's PATH", () =>
  withRelease(async (machine, release) => {
    const bin = join(machine.folder, "wrappers");
    const log = join(machine.folder, "wrapped");
    await mkdir(bin);
    const node = join(await machinePrograms(), "node");
    await writeFile(join(bin, "node"), `#!/bin/sh\necho "$@" >>'${log}'\nexport WRAPPED=yes\nexec '${node}' "$@"\n`);
    await chmod(join(bin, "node"), 0o755);
    const HUB_PATH = [bin, machine.environment.PATH].join(delimiter);
    expect(await machine.restart(release, "Henry Hill", { HUB_PATH })).toMatchObject({ status: 0, stderr: "" });
    const calls = await readFile(log, "utf8");
    expect(calls).toContain(`${release}/handler.mjs check`);
    expect(calls).toContain("bin/pm2 startOrReload");
    const [running] = machine.processes();
    expect(await readFile(`/proc/${running?.pid}/environ`, "utf8")).toContain("WRAPPED=yes");
  }));
