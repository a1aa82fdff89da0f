/** The other processes of the same PM2: a restart touches none of them, whatever its own process is called. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makePm2Machine, type Pm2Machine } from "../support/machine/pm2-machine.ts";
import type { Defect } from "../support/machine/small-release.ts";

/** Runs a test on its own machine. */
async function onMachine(process: string, run: (machine: Pm2Machine) => Promise<void>): Promise<void> {
  const machine = await makePm2Machine(process);
  try {
    await run(machine);
  } finally {
    await machine.close();
  }
}

/** Starts processes that do nothing. PM2 numbers them from 0, and puts them into its namespace `default`. */
async function startNeighbours(machine: Pm2Machine, names: readonly string[]) {
  const idle = join(machine.folder, "idle.cjs");
  await writeFile(idle, "setInterval(() => undefined, 1_000);");
  for (const name of names) machine.pm2("start", idle, "--name", name);
  machine.pm2("save", "--force");
  return machine.processes();
}

async function staged(machine: Pm2Machine, defect?: Defect, instances?: number): Promise<string> {
  const release = await machine.build(defect, instances);
  expect(machine.stage(release)).toMatchObject({ status: 0, stderr: "" });
  return release;
}

/** The names in the dump from which PM2 brings its processes back after the machine's start. */
async function saved(machine: Pm2Machine): Promise<string[]> {
  const dump: unknown = JSON.parse(await readFile(join(machine.environment.PM2_HOME ?? "", "dump.pm2"), "utf8"));
  return Array.isArray(dump) ? dump.map(({ name }) => String(name)) : [];
}

test.concurrent.each<[name: string, defect: Defect, means: string]>([
  ["all", "probe refused", "every process"],
  ["0", "no app", "the process with this number"],
  ["default", "no app", "every process of this namespace"],
])("a failed first release of the name %s with the defect %s leaves %s as it is", (name, defect) =>
  onMachine(name, async (machine) => {
    const neighbours = await startNeighbours(machine, ["salesmsg", "openphone-quo"]);
    const { status, stderr } = await machine.restart(await staged(machine, defect));
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining("nothing runs") });
    expect(machine.processes()).toEqual(neighbours);
    expect(await saved(machine)).toEqual(["salesmsg", "openphone-quo"]);
  }),
);

test.concurrent("fewer processes of a release leave a neighbour whose name is one of their numbers as it is", () =>
  onMachine("twilio", async (machine) => {
    const [neighbour] = await startNeighbours(machine, ["1"]);
    expect(await machine.restart(await staged(machine, undefined, 3))).toMatchObject({ status: 0, stderr: "" });
    const next = await staged(machine, undefined, 1);
    expect(await machine.restart(next)).toMatchObject({ status: 0, stderr: "" });
    expect(machine.processes()).toMatchObject([neighbour, { release: next, status: "online", name: "twilio" }]);
  }));

test.concurrent("a failed first release leaves a neighbour whose name is its number as it is, and says what is left", () =>
  onMachine("twilio", async (machine) => {
    const [neighbour] = await startNeighbours(machine, ["1"]);
    const { status, stderr } = await machine.restart(await staged(machine, "probe refused"));
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining("pm2 delete twilio") });
    expect(machine.processes()).toMatchObject([neighbour, { name: "twilio" }]);
  }));
