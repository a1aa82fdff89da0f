/** The Node host of the app: an HTTP server on the loopback interface, behind the tunnel and the funnel. */
import { once } from "node:events";
import { createServer, type Server, type ServerOptions } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Manifest } from "../hub/manifest.ts";
import { createApp } from "./app.ts";
import type { Trust } from "./webhook-request.ts";

/** What {@link startServer} is given. */
export interface ServerSettings extends Trust {
  readonly manifest: Pick<Manifest, "hosts" | "routes" | "handler">;
  /** The manifest's port by default; 0 takes a free one. */
  readonly port?: number;
  /** 127.0.0.1 by default: only the tunnel and the funnel, which run on the same machine, may reach the handler. */
  readonly hostname?: string;
}

/** A server that listens. */
export interface RunningServer {
  readonly port: number;
  /** Stops accepting, lets requests that run finish, and cuts off what is not done after {@link CLOSE_GRACE_MS}. */
  close(): Promise<void>;
}

/**
 * Twilio gives a webhook 15 seconds in all (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides), so a request that is
 * not here by then is nobody's. cloudflared keeps an idle connection for 90 seconds
 * (https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/configure-tunnels/origin-configuration/); the server keeps
 * it longer, or it would close one that cloudflared is about to use.
 */
const TIMEOUTS: ServerOptions = {
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 95_000,
  connectionsCheckingInterval: 1_000,
};

/** How long {@link RunningServer.close} waits for running requests, in milliseconds. */
export const CLOSE_GRACE_MS = 10_000;

/** How often {@link RunningServer.close} closes the connections that became idle, in milliseconds. */
const CLOSE_POLL_MS = 50;

/**
 * Starts the server.
 *
 * @throws Error naming `hub:handler.port` where the port cannot be listened on; or as `createApp` does
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const { port = settings.manifest.handler.port, hostname = "127.0.0.1" } = settings;
  const server = createAppServer(settings);
  await listen(server, port, hostname);
  return { port: boundPort(server, port), close: () => close(server) };
}

function createAppServer(trust: Trust): Server {
  const app = createApp(trust);
  return createServer(TIMEOUTS, (incoming, outgoing) => {
    const target = incoming.url;
    // The adapter makes a URL of these two, and answers 400 where it cannot. Neither has a say here.
    incoming.url = "/";
    incoming.headers.host = "localhost";
    void getRequestListener((request) => app.fetch(request, { target }))(incoming, outgoing);
  });
}

async function listen(server: Server, port: number, hostname: string): Promise<void> {
  server.listen(port, hostname);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new Error(`cannot listen on ${hostname}:${port} (hub:handler.port): ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && error.code === "EADDRINUSE" ? "the port is in use" : error.message;
}

function boundPort(server: Server, asked: number): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : asked;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  // A connection that is busy now becomes idle when its answer has left, and would be kept alive.
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_POLL_MS);
  const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cutOff);
}
