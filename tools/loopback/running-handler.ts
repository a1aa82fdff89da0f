import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";

/** The log line of a handler that listens. Other lines and fields may have any form. */
const Listening = z.object({
  msg: z.literal("listening"),
  port: z.number(),
  adminPort: z.number().exactOptional(),
  manifest: z.string(),
});

/** A handler that runs from a staged release. */
export interface RunningHandler {
  /** The process's id. */
  readonly processId: number;
  readonly port: number;
  /** The port of its health and metrics. */
  readonly adminPort?: number;
  /** The digest of the manifest inside its bundle. */
  readonly manifest: string;
  /** Every line of its output so far. */
  readonly log: readonly string[];
  /** Sends SIGTERM; false if the handler had ended. */
  stop(): boolean;
  /** Ends the handler at once, as a crash does; false if it had ended. */
  kill(): boolean;
  /** Stops the handler and waits for its end. */
  close(): Promise<void>;
}

/**
 * Starts the handler of a staged release and waits until it listens.
 *
 * @param release the release's folder
 * @param environment the handler's variables, and those that resolve its references
 * @throws Error with the handler's standard error if it does not start; it is not running then
 */
export async function startHandler(
  release: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningHandler> {
  const child = spawn(process.execPath, [join(release, "handler.mjs")], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const close = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  const log: string[] = [];
  try {
    const { msg: _, ...listens } = await listening(child, log);
    const { pid: processId } = child;
    if (processId === undefined) throw new Error("the handler has no process id");
    return { ...listens, processId, log, stop: () => child.kill("SIGTERM"), kill: () => child.kill("SIGKILL"), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Waits until the handler listens. If it ends before, its standard error has the reason. Both outputs are read to their end, since a full pipe would
 * block the handler.
 */
function listening({ stdout, stderr }: ChildProcess, log: string[]): Promise<z.infer<typeof Listening>> {
  const complaints: string[] = [];
  return new Promise((resolve, reject) => {
    if (stdout === null || stderr === null) return reject(new Error("the handler has no output"));
    const complaining = createInterface({ input: stderr }).on("line", (line) => {
      log.push(line);
      complaints.push(line);
    });
    const complained = once(complaining, "close");
    createInterface({ input: stdout })
      .on("line", (line) => {
        log.push(line);
        const { success, data } = Listening.safeParse(jsonOf(line));
        if (success) resolve(data);
      })
      .on("close", async () => {
        await complained;
        reject(new Error(complaints.join("; ") || "the handler ended before it listened"));
      });
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
