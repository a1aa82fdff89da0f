/** Serves a vendor's Hono app on the loopback interface. */
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { closeServer, LOOPBACK, listen } from "./listen.ts";

/** A running app. */
export interface ServedApp {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Serves an app.
 *
 * @param port the port, or undefined for any free one
 * @throws Error if the port is taken
 */
export async function serveApp(app: Hono, port?: number): Promise<ServedApp> {
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  const bound = await listen(server, port);
  return { origin: `http://${LOOPBACK}:${bound}`, close: () => closeServer(server) };
}
