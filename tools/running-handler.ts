import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
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
  try {
    const { port, manifest } = await listening(child);
    return { port, manifest, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The handler's first line says that it listens. One that ends before has said why on its standard error. */
async function listening({ stdout, stderr }: ChildProcess): Promise<z.infer<typeof Listening>> {
  if (stdout === null || stderr === null) throw new Error("the handler has no output");
  const complaints: string[] = [];
  createInterface({ input: stderr }).on("line", (line) => complaints.push(line));
  for await (const line of createInterface({ input: stdout })) return Listening.parse(JSON.parse(line));
  throw new Error(complaints.join("; ") || "the handler ended before it listened");
}
