/** The three servers, each in its own process on the same Node. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { z } from "zod";
import { NODE_ARGS } from "../../infra/release/ecosystem.ts";

/** `hub` is the project's handler, `usual` the usual way to write one, `bare` the ceiling. */
export const SERVER_NAMES = ["hub", "usual", "bare"] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** A server that listens. */
export interface BenchServer {
  readonly port: number;
  /** The most memory that its process took so far, in bytes (resident set). */
  peakMemory(): Promise<number>;
  close(): Promise<void>;
}

const Announcement = z.object({ port: z.number() });
const Memory = z.object({ peakMemory: z.number() });

/**
 * Starts a server, as in production. Its log is written to the null device.
 *
 * @param args the server's arguments: see `ServerArguments`
 * @throws Error if it ends before it listens; its own message is on standard error
 */
export async function startBenchServer(name: ServerName, args: readonly string[] = []): Promise<BenchServer> {
  const script = join(import.meta.dirname, "servers", `${name}-server.ts`);
  const child = spawn(process.execPath, [...NODE_ARGS, script, ...args], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return { port: await announcedPort(child, name), peakMemory: () => peakMemory(child), close: () => close(child) };
}

async function peakMemory(child: ChildProcess): Promise<number> {
  const answered = once(child, "message");
  child.send("memory");
  const [message] = await answered;
  return Memory.parse(message).peakMemory;
}

function announcedPort(child: ChildProcess, name: ServerName): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ${name} ended with status ${code} before it listened`)));
    child.once("message", (message) => resolve(Announcement.parse(message).port));
  });
}

/** Ends a server by disconnecting its IPC channel, so it also ends if the benchmark is killed. */
async function close(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}
