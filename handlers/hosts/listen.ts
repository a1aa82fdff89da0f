/** Servers on the handler's own machine. */
import { once } from "node:events";
import type { Server } from "node:http";

/**
 * Makes a server listen, and gives the port that it has: the asked one, or a free one where 0 was asked.
 *
 * @param key the config key that names the port, for the error
 * @throws Error naming the key where the port cannot be listened on
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
