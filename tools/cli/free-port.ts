import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below what systems give to outgoing connections (Linux from 32768, macOS and IANA from 49152): a load of them takes none of these between
 * the look and its use, nor while a process that is to come back on its port is away.
 */
const FIRST_PORT = 20_000;
const END_PORT = 32_000;

/** How many ports are looked at. */
const ATTEMPTS = 100;

const given = new Set<number>();

/**
 * A port of 127.0.0.1 that nothing listens on now, and that this process was not given before.
 *
 * @throws Error where there is none
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST_PORT, END_PORT);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port of ${FIRST_PORT} to ${END_PORT - 1} on 127.0.0.1 is free; ${ATTEMPTS} were looked at`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
