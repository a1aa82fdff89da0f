/** The PM2 that an `up` on the loopback cloud starts. It has its own home, and ends with the cloud. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const PATIENCE_MS = 10_000;

/** A home for PM2. */
export interface Pm2Home {
  /** The folder, for `PM2_HOME`. */
  readonly folder: string;
  /** Ends PM2 and its processes, if it was started, and removes the folder. */
  close(): Promise<void>;
}

/** Makes the folder in the system's folder for temporary files: PM2's sockets are in it, and a socket's path has at most 107 bytes. */
export async function makePm2Home(): Promise<Pm2Home> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-pm2-"));
  const close = async () => {
    const daemon = await readFile(join(folder, "pm2.pid"), "utf8").catch(() => undefined);
    if (daemon !== undefined) await kill(folder, Number(daemon));
    await rm(folder, { recursive: true, force: true });
  };
  return { folder, close };
}

/**
 * Runs `pm2 kill`, and waits for the daemon's end, since PM2 answers shortly before it. The command has a process group of its own: the Ctrl-C that
 * ends the cloud must not end it too.
 *
 * @throws Error if the daemon still runs after ten seconds
 */
async function kill(home: string, daemon: number): Promise<void> {
  const pm2 = join(dirname(createRequire(import.meta.url).resolve("pm2/package.json")), "bin", "pm2");
  const options = { env: { ...process.env, PM2_HOME: home }, detached: true };
  await promisify(execFile)(process.execPath, [pm2, "kill"], options);
  const end = Date.now() + PATIENCE_MS;
  while (isRunning(daemon)) {
    if (Date.now() > end) throw new Error(`PM2 (process ${daemon}) did not end within 10 s; end it by hand`);
    await sleep(50);
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
