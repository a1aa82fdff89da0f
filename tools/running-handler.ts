import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";

const Listening = z.object({ msg: z.literal("listening"), port: z.number(), manifest: z.string() });

/** A handler that runs from a staged release. */
export interface RunningHandler {
  readonly port: number;
  /** The digest of the manifest inside its bundle. */
  readonly manifest: string;
  close(): Promise<void>;
}

/**
 * Starts the handler of a staged release and waits until it listens.
 *
 * @param release the release's folder
 * @param environment what it needs to resolve its references
 * @throws Error with the handler's own line where it does not start
 */
export async function startHandler(
  release: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningHandler> {
  const child = spawn(process.execPath, [join(release, "handler.mjs")], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const { port, manifest } = await listening(child);
  return {
    port,
    manifest,
    async close() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function listening({ stdout, stderr }: ChildProcess): Promise<z.infer<typeof Listening>> {
  return new Promise((resolve, reject) => {
    if (stdout === null || stderr === null) return reject(new Error("the handler has no output"));
    createInterface({ input: stdout }).once("line", (line) => resolve(Listening.parse(JSON.parse(line))));
    createInterface({ input: stderr }).once("line", (line) => reject(new Error(line)));
  });
}
