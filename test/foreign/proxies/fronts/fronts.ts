/** The ways to a handler: directly, and through proxies that were not written here. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../../tools/cli/free-port.ts";
import { startHaproxy } from "./haproxy.ts";
import { startNginx } from "./nginx.ts";
import { programPath } from "./program.ts";

/** A way to a handler. */
export interface Front {
  readonly name: string;
  /** The port of HTTP/1. */
  readonly port: number;
  /** The port of HTTP/2 without TLS; undefined if the front does not speak it. */
  readonly h2Port: number | undefined;
}

/** The ports of a front that is about to start. */
export interface FrontPorts {
  readonly port: number;
  readonly h2Port: number;
}

/** Fronts that run. */
export interface RunningFronts {
  /** The handler itself comes first. */
  readonly fronts: readonly Front[];
  /** Whether every proxy still runs. */
  areRunning(): boolean;
  close(): Promise<void>;
}

/** A line of config that makes a proxy do wrong, for a test of the comparison. */
export interface FrontFaults {
  readonly nginx?: string;
  readonly haproxy?: string;
}

/** The proxies, with their paths; undefined for one that the machine lacks. */
export const PROXIES = { nginx: programPath("nginx"), haproxy: programPath("haproxy") };

/** The version that a proxy prints. Empty if the machine lacks it. */
export function proxyVersion(name: keyof typeof PROXIES): string {
  const path = PROXIES[name];
  if (path === undefined) return "";
  // nginx prints its version on standard error.
  const said = execFileSync("/bin/sh", ["-c", '"$0" -v 2>&1', path], { encoding: "utf8" });
  return /\d+\.\d+\.\d+/.exec(said)?.[0] ?? "";
}

/**
 * Starts every proxy that the machine has in front of a port of 127.0.0.1. Nginx runs twice: it either receives a whole body before it opens a
 * connection to the handler, or passes on what it receives.
 *
 * @param faults lines that make a proxy do wrong. Default: none
 */
export async function startFronts(handlerPort: number, faults: FrontFaults = {}): Promise<RunningFronts> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-proxies-"));
  const [buffering, streaming, fair] = await Promise.all([ports(), ports(), ports()]);
  const started = await Promise.all([
    PROXIES.nginx &&
      startNginx(PROXIES.nginx, { folder, handlerPort, buffering, streaming, fault: faults.nginx ?? "" }),
    PROXIES.haproxy && startHaproxy(PROXIES.haproxy, { folder, handlerPort, ...fair, fault: faults.haproxy ?? "" }),
  ]);
  const running = started.filter((program) => typeof program === "object");
  const close = async () => {
    await Promise.all(running.map((program) => program.close()));
    await rm(folder, { recursive: true, force: true });
  };
  const fronts: Front[] = [
    { name: "directly", port: handlerPort, h2Port: undefined },
    ...(PROXIES.nginx ? [{ name: "nginx", ...buffering }] : []),
    ...(PROXIES.nginx ? [{ name: "nginx without buffers", ...streaming, h2Port: undefined }] : []),
    ...(PROXIES.haproxy ? [{ name: "haproxy", ...fair }] : []),
  ];
  return { fronts, areRunning: () => running.every((program) => program.isRunning()), close };
}

async function ports(): Promise<FrontPorts> {
  const [port, h2Port] = await Promise.all([freePort(), freePort()]);
  return { port, h2Port };
}
