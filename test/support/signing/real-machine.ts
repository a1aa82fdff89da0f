/** A machine that runs the handler itself: its releases are built, staged and restarted with the stack's scripts, under a PM2 of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { delimiter } from "node:path";
import type { HubConfig } from "../../../hub/config/config.ts";
import { buildManifest } from "../../../hub/manifest.ts";
import { RESTART_SCRIPT } from "../../../hub/scripts/restart.ts";
import { STAGE_SCRIPT } from "../../../hub/scripts/stage-release.ts";
import { hexDigits } from "../../../hub/values/canonical-json.ts";
import { buildRelease } from "../../../infra/release/release.ts";
import { endOf } from "../../../tools/cli/child-process.ts";
import { PROJECT } from "../../../tools/cli/paths.ts";
import { makeLoopbackMachine } from "../../../tools/loopback/machine.ts";
import { makeKillers } from "../machine/killers.ts";
import type { MachinePlace, SigningMachine } from "./machine-place.ts";

const TODAY = new Date().toISOString().slice(0, 10);

/** The steps of a restart that are counted: it is killed before one of them. */
const STEPS = ["mv", "ln", "sync", "pm2 s*", "node *handler.mjs*"];

/** Makes the machine. Every restart is killed once before one of its steps, each time another one, and then run again with the same authorisation. */
export async function realMachine(place: MachinePlace, databaseUrl: string): Promise<SigningMachine> {
  const machine = await makeLoopbackMachine(place, databaseUrl);
  const { PATH = "", ...variables } = machine.options.environment ?? {};
  const built = new Set<string>();
  let restarts = 0;
  const restart = async (config: HubConfig) => {
    const { digest, folder } = await buildRelease(buildManifest(config), config);
    built.add(folder);
    restarts += 1;
    const environment = {
      ...{ HUB_RELEASE: hexDigits(digest), HUB_RELEASES: config.handler.releases, HUB_PROCESS: config.handler.process },
      ...{ HUB_TRANSPORT: "local", HUB_AUTHORISED_BY: `Henry Hill ${restarts}`, HUB_AUTHORISED_ON: TODAY },
      ...{ ...variables, HOME: place.folder, PATH },
    };
    await succeed(STAGE_SCRIPT, environment);
    // The first release cannot be killed under load.
    if (restarts > 1) {
      const killers = await makeKillers(place.folder, STEPS, 2 * restarts);
      const killed = begin(RESTART_SCRIPT, { ...environment, PATH: [killers, PATH].join(delimiter) });
      const { signal } = await endOf(killed);
      if (signal !== "SIGKILL") throw new Error(`the restart ended before its step ${2 * restarts}`);
    }
    await succeed(RESTART_SCRIPT, environment);
  };
  const close = async () => {
    machine.close();
    for (const folder of built) await rm(folder, { recursive: true, force: true });
  };
  return { environment: { ...stringsOf(variables), PATH }, restart, close };
}

function begin(script: string, environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn("/bin/sh", ["-c", script], {
    cwd: PROJECT,
    env: environment,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** @throws Error with the script's errors if it fails */
async function succeed(script: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const child = begin(script, environment);
  const said: string[] = [];
  child.stderr?.on("data", (chunk) => said.push(String(chunk)));
  const { code } = await endOf(child);
  if (code !== 0) throw new Error(`a script of the machine failed: ${said.join("")}`);
}

function stringsOf(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
