/** The PM2 that an `up` on the loopback cloud starts: it has a home of its own, and ends with the cloud. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { exists } from "./files.ts";

/** A home for PM2. */
export interface Pm2Home {
  /** The folder, for `PM2_HOME`. */
  readonly folder: string;
  /** Ends PM2 and everything that it runs, if it was started, and removes the folder. */
  close(): Promise<void>;
}

/** Makes the folder, in the system's folder for temporary files: PM2's sockets lie in it, and a socket's path has at most 107 bytes. */
export async function makePm2Home(): Promise<Pm2Home> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-pm2-"));
  const close = async () => {
    if (await exists(join(folder, "pm2.pid"))) await kill(folder);
    await rm(folder, { recursive: true, force: true });
  };
  return { folder, close };
}

/** In a process group of its own: the Ctrl-C that ends the cloud must not end this first. */
async function kill(home: string): Promise<void> {
  const pm2 = join(dirname(createRequire(import.meta.url).resolve("pm2/package.json")), "bin", "pm2");
  const options = { env: { ...process.env, PM2_HOME: home }, detached: true };
  await promisify(execFile)(process.execPath, [pm2, "kill"], options);
}
