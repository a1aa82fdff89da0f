/** A handler's machine with its own real PM2. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { env, execPath } from "node:process";
import { text } from "node:stream/consumers";
import { RESTART_SCRIPT } from "../../../hub/scripts/restart.ts";
import { STAGE_SCRIPT } from "../../../hub/scripts/stage-release.ts";
import { freePort } from "../../../tools/cli/free-port.ts";
import { machinePrograms } from "../../../tools/loopback/programs.ts";
import { buildSmallRelease, type Defect } from "./small-release.ts";

/** The result of a script. */
export interface ScriptEnd {
  /** The exit status; 137 if the script was killed. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine. */
export interface Pm2Machine {
  readonly folder: string;
  /** The project folder that the scripts run in. It is not part of the machine. */
  readonly project: string;
  /** The folder of all releases. */
  readonly releases: string;
  /** The port of every release. */
  readonly port: number;
  /** The environment of every script and of PM2. */
  readonly environment: Readonly<Record<string, string>>;
  /** Builds a release, and returns its digest (64 hex digits). The running release answers with its digest. */
  build(defect?: Defect, instances?: number): Promise<string>;
  /** Makes 1Password refuse every reference. */
  refuseReferences(): Promise<void>;
  /** Makes every release fail to start, although its own check succeeds. */
  breakStarts(): Promise<void>;
  /** Runs a PM2 command, and returns its output. */
  pm2(...args: readonly string[]): string;
  /** Runs a PM2 command with further variables, such as another PATH. */
  pm2With(environment: Readonly<Record<string, string>>, ...args: readonly string[]): string;
  /** Makes a PATH on which a PM2 command starts after so many seconds, and returns it. */
  slowCommand(command: string, seconds: number): Promise<string>;
  stage(release: string): ScriptEnd;
  restart(release: string, by?: string, environment?: Readonly<Record<string, string>>): Promise<ScriptEnd>;
  /** The digest that the running release answers with; undefined if there is no answer. */
  answer(): Promise<string | undefined>;
  /** The release that the link `current` points to. */
  current(): Promise<string>;
  /** The alerts that the releases sent, in order. */
  alerts(): Promise<string[]>;
  /** PM2's processes. */
  processes(): readonly {
    readonly pid: number;
    readonly release: string;
    readonly status: string;
    readonly name: string;
  }[];
  close(): Promise<void>;
}

/** The time-out of a request, in milliseconds. */
const PATIENCE_MS = 5_000;

const TODAY = new Date().toISOString().slice(0, 10);

/**
 * Makes a machine. Nothing runs on it yet.
 *
 * @param process the name of every release in PM2
 */
export async function makePm2Machine(process = "twilio"): Promise<Pm2Machine> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-pm2-"));
  const port = await freePort();
  const releases = join(folder, "releases");
  const project = join(folder, "project");
  await mkdir(project);
  await writeFile(join(project, "Pulumi.yaml"), "name: test\n");
  const programs = await machinePrograms();
  const environment = {
    HOME: folder,
    PM2_HOME: join(folder, "pm2"),
    PATH: [programs, env.PATH ?? ""].join(delimiter),
  };
  let built = 0;
  const build = (defect?: Defect, instances = 1) => {
    built += 1;
    return buildSmallRelease(project, { port, instances, process, site: folder, defect, number: built });
  };
  const hub = (release: string) => ({
    HUB_RELEASE: release,
    HUB_RELEASES: releases,
    HUB_PROCESS: process,
    HUB_TRANSPORT: "local",
  });
  const stage = (release: string) => {
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", STAGE_SCRIPT], {
      cwd: project,
      env: { ...environment, ...hub(release) },
      encoding: "utf8",
    });
    return { status: status ?? 137, stdout, stderr };
  };
  const restart: Pm2Machine["restart"] = (release, by = "Henry Hill", extra = {}) =>
    runScript(RESTART_SCRIPT, project, {
      ...environment,
      ...hub(release),
      HUB_AUTHORISED_BY: by,
      HUB_AUTHORISED_ON: TODAY,
      ...extra,
    });
  const pm2With: Pm2Machine["pm2With"] = (extra, ...args) =>
    spawnSync("pm2", args, { env: { ...environment, ...extra }, encoding: "utf8" }).stdout;
  return {
    folder,
    project,
    releases,
    port,
    environment,
    build,
    refuseReferences: () => writeFile(join(folder, "refused"), ""),
    breakStarts: () => writeFile(join(folder, "broken"), ""),
    pm2: (...args) => pm2With({}, ...args),
    pm2With,
    slowCommand: async (command, seconds) => {
      const wrappers = join(folder, "slow");
      const wrapper = `#!/bin/sh\n[ "$1" != ${command} ] || sleep ${seconds}\nexec "${join(programs, "pm2")}" "$@"\n`;
      await mkdir(wrappers);
      await writeFile(join(wrappers, "pm2"), wrapper, { mode: 0o755 });
      return [wrappers, environment.PATH].join(delimiter);
    },
    stage,
    restart,
    answer: () => answerOf(port),
    current: () => readlink(join(releases, "current")),
    alerts: async () => (await readFile(join(folder, "alerts"), "utf8").catch(() => "")).split("\n").filter(Boolean),
    processes: () => processesOf(environment),
    close: async () => {
      spawnSync("pm2", ["kill"], { env: environment });
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Runs a script in its own process group, so that a test can kill all of it at once. */
async function runScript(script: string, cwd: string, env: Readonly<Record<string, string>>): Promise<ScriptEnd> {
  const child = spawn("/bin/sh", ["-c", script], { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  return { status: child.exitCode ?? 137, stdout, stderr };
}

async function answerOf(port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return await response.text();
  } catch {
    return undefined;
  }
}

/** A program that extracts the needed fields from PM2's list, which is large because it contains every variable. */
const PICK = `const list = JSON.parse(/^\\[.*\\]$/m.exec(require("node:fs").readFileSync(0, "utf8"))?.[0] ?? "[]");
for (const { pid, name, pm2_env: { status, pm_exec_path } } of list) console.log([pid, status, pm_exec_path.split("/").at(-2), name].join(" "));`;

function processesOf(env: Readonly<Record<string, string>>) {
  const { stdout: list } = spawnSync("pm2", ["jlist"], { env, encoding: "utf8", maxBuffer: 2 ** 26 });
  const { stdout } = spawnSync(execPath, ["-e", PICK], { input: list, encoding: "utf8" });
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [pid = "", status = "", release = "", name = ""] = line.split(" ");
      return { pid: Number(pid), status, release, name };
    });
}
