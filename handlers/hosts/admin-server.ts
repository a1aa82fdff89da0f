/** Health, metrics and the outbound endpoint of the handler, for the machine that it runs on. */
import { once } from "node:events";
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { logError } from "../log/log.ts";
import { type AdminAnswer, type AdminPage, jsonAnswer } from "./admin-page.ts";
import { createHttpServer } from "./http-server.ts";
import { listen } from "./listen.ts";
import type { Readiness } from "./readiness.ts";
import { createBodyReader } from "./request-body.ts";
import { sendAnswer } from "./send-answer.ts";

/** The settings of {@link startAdminServer}. */
export interface AdminSettings {
  /** The manifest's port; 0 takes a free one. */
  readonly port: number;
  readonly readiness: () => Promise<Readiness>;
  readonly registry: Pick<Registry, "metrics" | "contentType">;
  /** Answers requests below `/outbound`, see `createOutboundEndpoint`. */
  readonly outbound: AdminPage;
}

/** A listening server. */
export interface AdminServer {
  readonly port: number;
  /** Stops at once: clients repeat their requests. */
  close(): Promise<void>;
}

/** The pages that are read with GET. */
type Pages = ReadonlyMap<string, () => Promise<AdminAnswer>>;

/** Clients run on the same machine and send at most 16 KiB, so a slow client is broken. */
const TIMEOUTS: ServerOptions = {
  headersTimeout: 2_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

/** The longest time that a connection may be idle, in milliseconds. It cuts off a page that is never ready. The database takes 6 s at most. */
const IDLE_TIMEOUT_MS = 10_000;

const HOSTNAME = "127.0.0.1";

/**
 * The names of the loopback interface. Under DNS rebinding, a web page's own host name resolves to 127.0.0.1, and the browser sends that name.
 */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

const OUTBOUND = "/outbound/";

/**
 * Starts the server on 127.0.0.1: `/healthz`, `/readyz`, `/metrics`, and everything below `/outbound`.
 *
 * @throws Error naming `hub:handler.adminPort` if the server cannot listen on the port
 */
export async function startAdminServer(settings: AdminSettings): Promise<AdminServer> {
  const answer = answererOf(settings);
  const server = createHttpServer(TIMEOUTS, (request, response) =>
    answer(request)
      .catch(failed)
      .then((given) => send(request, response, given)),
  );
  server.setTimeout(IDLE_TIMEOUT_MS);
  const port = await listen(server, settings.port, HOSTNAME, "hub:handler.adminPort");
  return { port, close: () => close(server) };
}

function answererOf(settings: AdminSettings): (request: IncomingMessage) => Promise<AdminAnswer> {
  const pages = pagesOf(settings);
  const readBody = createBodyReader();
  return async (incoming) => {
    const { headers, method = "", url = "" } = incoming;
    if (!LOOPBACK_HOST.test(headers.host ?? "")) return { status: 403 };
    // A whole URL is no path here: the port is behind no proxy, and such a URL names a host of its own.
    const path = url.replace(/\?.*$/s, "");
    if (path.startsWith(OUTBOUND)) {
      // A browser sends the origin of a page that posts, and no web page may place a call (https://www.rfc-editor.org/rfc/rfc6454#section-7).
      if (headers.origin !== undefined) return { status: 403 };
      return settings.outbound({ method, path, headers, readBody: (maxBytes) => readBody(incoming, maxBytes) });
    }
    const page = pages.get(path);
    if (page === undefined) return { status: 404 };
    return isBodiless(method) ? page() : { status: 405, headers: { allow: "GET, HEAD" } };
  };
}

function pagesOf({ readiness, registry }: AdminSettings): Pages {
  return new Map([
    ["/healthz", async () => jsonAnswer(200, { status: "ok" })],
    ["/readyz", async () => readinessAnswer(await readiness())],
    ["/metrics", () => metricsAnswer(registry)],
  ]);
}

function readinessAnswer(readiness: Readiness): AdminAnswer {
  return jsonAnswer(readiness.ready ? 200 : 503, readiness);
}

async function metricsAnswer(registry: AdminSettings["registry"]): Promise<AdminAnswer> {
  return { status: 200, headers: { "content-type": registry.contentType }, body: await registry.metrics() };
}

function failed(error: unknown): AdminAnswer {
  logError("an admin page failed", error);
  return { status: 500 };
}

function isBodiless(method = ""): boolean {
  return method === "GET" || method === "HEAD";
}

/** Sends an answer. It closes the connection of a request that may have a body: a client that posts does so once. */
function send(request: IncomingMessage, response: ServerResponse, answer: AdminAnswer): Promise<void> {
  const { status, headers, body = "" } = answer;
  const { method } = request;
  const sent = {
    status,
    headers: { "cache-control": "no-store", "content-length": Buffer.byteLength(body), ...headers },
    body: method === "HEAD" ? undefined : body,
  };
  return sendAnswer(request, response, sent, !isBodiless(method));
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
