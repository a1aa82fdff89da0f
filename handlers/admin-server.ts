/** Health and metrics of the handler, for the machine that it runs on. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { listen } from "./listen.ts";
import { logError } from "./log.ts";

/** What `/readyz` shows. */
export interface Readiness {
  /** Whether webhooks are taken and kept. The caller decides: with the database away and a spool that takes them, they are. */
  readonly ready: boolean;
  readonly database: "up" | "down";
  readonly spool: "empty" | "waiting" | "failing";
  /** How many webhooks wait in the spool. */
  readonly spooled: number;
  readonly stopping: boolean;
}

/** What {@link startAdminServer} is given. */
export interface AdminSettings {
  /** The manifest's port; 0 takes a free one. */
  readonly port: number;
  readonly readiness: () => Promise<Readiness>;
  readonly registry: Pick<Registry, "metrics" | "contentType">;
}

/** A server that listens. */
export interface AdminServer {
  readonly port: number;
  /** Stops at once: what it answers is asked again. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
}

type Pages = ReadonlyMap<string, () => Promise<Answer>>;

/** Only a program on the same machine asks, so a client that is slow is broken. */
const TIMEOUTS: ServerOptions = {
  headersTimeout: 2_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

/** How long a connection may stand still, in milliseconds: a page that never gets ready is cut off. */
const IDLE_TIMEOUT_MS = 10_000;

const HOSTNAME = "127.0.0.1";

/**
 * The names by which the machine calls itself. A page in its browser whose own name was made to lead to 127.0.0.1 sends that name
 * (DNS rebinding).
 */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Starts the server, on 127.0.0.1 alone: `/healthz`, `/readyz` and `/metrics`.
 *
 * @throws Error naming `hub:handler.adminPort` where the port cannot be listened on
 */
export async function startAdminServer(settings: AdminSettings): Promise<AdminServer> {
  const pages = pagesOf(settings);
  const server = createServer(TIMEOUTS, (request, response) => {
    void answerTo(request, pages).then((answer) => send(request, response, answer));
  });
  server.setTimeout(IDLE_TIMEOUT_MS);
  const port = await listen(server, settings.port, HOSTNAME, "hub:handler.adminPort");
  return { port, close: () => close(server) };
}

function pagesOf({ readiness, registry }: AdminSettings): Pages {
  return new Map([
    ["/healthz", async () => json(200, { status: "ok" })],
    ["/readyz", async () => readinessAnswer(await readiness())],
    ["/metrics", async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() })],
  ]);
}

function readinessAnswer(readiness: Readiness): Answer {
  return json(readiness.ready ? 200 : 503, readiness);
}

function json(status: number, value: unknown): Answer {
  return { status, type: "application/json", body: JSON.stringify(value) };
}

async function answerTo({ headers, method = "", url = "" }: IncomingMessage, pages: Pages): Promise<Answer> {
  if (!LOOPBACK_HOST.test(headers.host ?? "")) return { status: 403 };
  const page = pages.get(url.replace(/\?.*$/s, ""));
  if (page === undefined) return { status: 404 };
  if (method !== "GET" && method !== "HEAD") return { status: 405 };
  try {
    return await page();
  } catch (error) {
    logError("an admin page failed", error);
    return { status: 500 };
  }
}

/** A request's body is not read, so a connection that may bring one is not kept. */
function send({ method }: IncomingMessage, response: ServerResponse, { status, type, body = "" }: Answer): void {
  const isBodiless = method === "GET" || method === "HEAD";
  response.writeHead(status, {
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(body),
    ...(type !== undefined && { "content-type": type }),
    ...(status === 405 && { allow: "GET, HEAD" }),
    ...(!isBodiless && { connection: "close" }),
  });
  response.end(method === "HEAD" ? undefined : body);
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
