/** Servers on the handler's machine. */
import { once } from "node:events";
import type { Server } from "node:http";

/**
 * Makes a server listen.
 *
 * @param port the port; 0 takes a free one
 * @param key the config key of the port, for the error
 * @returns the port that it listens on
 * @throws Error naming the key if the server cannot listen on the port
 */
export async function listen(server: Server, port: number, hostname: string, key: string): Promise<number> {
  server.listen(port, hostname);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new Error(`cannot listen on ${hostname}:${port} (${key}): ${reasonOf(cause)}`, { cause });
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && error.code === "EADDRINUSE" ? "the port is in use" : error.message;
}
