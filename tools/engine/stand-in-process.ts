/** Starts stand-ins for plugins in a process of their own. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { PROJECT } from "../cli/paths.ts";
import { personPath } from "../cli/person-path.ts";
import type { PluginName } from "./plugins.ts";

/** The folder of the stand-ins. */
export const ENGINE_STAND_INS = join(PROJECT, "loopback", "engine");

/** The ports of the stand-ins, by the plugins' names. */
export type StandInPorts = z.infer<typeof StandInPorts>;
export const StandInPorts = z.record(z.string(), z.int().positive());

/** The stand-ins' way to the loopback cloud. */
export interface LoopbackWay {
  /** The URL of its proxy. */
  readonly proxy: string;
  /** The file of its certificate authority. */
  readonly certificate: string;
}

/** Running stand-ins. */
export interface StandIns {
  readonly ports: StandInPorts;
  /** Ends them. */
  close(): void;
}

/**
 * Starts the stand-ins for these plugins.
 *
 * @throws Error if they end before they listen
 */
export async function startStandIns(names: readonly PluginName[], way: LoopbackWay): Promise<StandIns> {
  if (names.length === 0) return { ports: {}, close: () => undefined };
  const standIns = spawn(process.execPath, [join(ENGINE_STAND_INS, "main.ts"), ...names], {
    cwd: PROJECT,
    env: { ...process.env, ...personPath(), HTTP_PROXY: way.proxy, NODE_EXTRA_CA_CERTS: way.certificate },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const close = () => standIns.stdin.end();
  try {
    return { ports: StandInPorts.parse(JSON.parse(await firstLine(standIns.stdout))), close };
  } catch (error) {
    close();
    throw error;
  }
}

function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stream });
    lines.once("line", resolve);
    lines.once("close", () => reject(new Error("loopback/engine/main.ts ended before it listened")));
  });
}
