/** haproxy in front of a handler. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningProgram, startProgram } from "./program.ts";

/** Where haproxy listens, and where to. */
export interface HaproxyPlace {
  /** A folder for its config. */
  readonly folder: string;
  readonly handlerPort: number;
  readonly port: number;
  readonly h2Port: number;
  /** A line that is added to the frontend, to make it do wrong. Empty: none. */
  readonly fault: string;
}

/** Starts haproxy as one process. It passes on what it receives, over connections that clients share. */
export async function startHaproxy(path: string, place: HaproxyPlace): Promise<RunningProgram> {
  const config = join(place.folder, "haproxy.cfg");
  await writeFile(config, haproxyConfig(place));
  return startProgram(path, ["-db", "-f", config], [place.port, place.h2Port]);
}

function haproxyConfig({ handlerPort, port, h2Port, fault }: HaproxyPlace): string {
  return `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  option forwardfor
  http-reuse always
frontend hub
  bind 127.0.0.1:${port}
  bind 127.0.0.1:${h2Port} proto h2
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Proto http
  ${fault}
  default_backend handler
backend handler
  server handler 127.0.0.1:${handlerPort}
`;
}
