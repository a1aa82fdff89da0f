import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";

/** The line of its log with which a handler says that it listens; of the other lines and fields nothing is asked. */
const Listening = z.object({
  msg: z.literal("listening"),
  port: z.number(),
  adminPort: z.number().exactOptional(),
  manifest: z.string(),
});

/** A handler that runs from a staged release. */
export interface RunningHandler {
  readonly port: number;
  /** Where its health and metrics are. */
  readonly adminPort?: number;
  /** The digest of the manifest inside its bundle. */
  readonly manifest: string;
  /** Every line that it logged so far. */
  readonly log: readonly string[];
  /** Asks it to stop; false where it had ended. */
  stop(): boolean;
  /** Ends it at once, as a crash does; false where it had ended. */
  kill(): boolean;
  close(): Promise<void>;
}

/**
 * Starts the handler of a staged release and waits until it listens.
 *
 * @param release the release's folder
 * @param environment what it needs, and what it needs to resolve its references
 * @throws Error with the handler's own words where it does not start; it does not run then
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
    return { ...listens, log, stop: () => child.kill("SIGTERM"), kill: () => child.kill("SIGKILL"), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One that ends before it listens has said why on its standard error. Both outputs are read to their end: a full pipe would lose lines. */
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
