/** Starts and closes the servers of the loopback cloud. */
import type { Server } from "node:net";

/** The only interface that the servers listen on. */
export const LOOPBACK = "127.0.0.1";

/**
 * Starts a server on the loopback interface.
 *
 * @param port the port, or 0 for any free one
 * @returns the port that it listens on
 * @throws Error if the port is taken
 */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("the server has no TCP address"));
      else resolve(address.port);
    });
  });
}

/** Closes a server and every connection to it. */
export function closeServer(server: Server & { closeAllConnections(): void }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
