/** Programs of the machine that tests run in the foreground. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The longest time for a program to listen, in milliseconds. */
const PATIENCE_MS = 20_000;

/** The path of a program on `PATH` or, where Debian puts servers, in `/usr/sbin`. Undefined if the machine lacks it. */
export function programPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** A running program. */
export interface RunningProgram {
  /** Whether it still runs. */
  isRunning(): boolean;
  /** Ends the process, and waits for its end. */
  close(): Promise<void>;
}

/**
 * Starts a program that stays in the foreground, and waits until it listens on each port of 127.0.0.1.
 *
 * @throws Error with the program's output if it does not; it is not running then
 */
export async function startProgram(
  path: string,
  args: readonly string[],
  ports: readonly number[],
): Promise<RunningProgram> {
  const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  for (const output of [child.stdout, child.stderr]) output.on("data", (piece: Buffer) => said.push(String(piece)));
  const program = { isRunning: () => isRunning(child), close: () => end(child) };
  const deadline = Date.now() + PATIENCE_MS;
  for (const port of ports) {
    while (!(await listens(port))) {
      if (program.isRunning() && Date.now() < deadline) {
        await sleep(20);
        continue;
      }
      await program.close();
      throw new Error(`${path} does not listen on port ${port}: ${said.join("")}`);
    }
  }
  return program;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
