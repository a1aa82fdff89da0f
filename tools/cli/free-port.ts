import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Systems give higher ports to outgoing connections (Linux from 32768, macOS and IANA from 49152). So no such connection takes one of these ports
 * before the caller listens on it, or while a process that restarts on its port is away.
 */
const FIRST_PORT = 20_000;
const END_PORT = 32_000;

/** The number of ports to try. */
const ATTEMPTS = 100;

const given = new Set<number>();

/**
 * Finds a port of 127.0.0.1 that nothing listens on. It returns each port only once in a process.
 *
 * @throws Error if it finds none
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST_PORT, END_PORT);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`found no free port on 127.0.0.1 from ${FIRST_PORT} to ${END_PORT - 1} in ${ATTEMPTS} attempts`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
