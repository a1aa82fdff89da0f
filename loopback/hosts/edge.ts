/**
 * The edge: one server that stands in for Cloudflare's network with cloudflared, and for the Tailscale Funnel. It routes by the Host
 * header. It reads the stored DNS records, the tunnel's ingress and the funnel's mounts at each request.
 * Sources: https://developers.cloudflare.com/fundamentals/reference/http-headers/, and measurements of a funnel.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { withoutPort } from "../cloudflare/host-names.ts";
import { type CloudflareState, type IngressRule, type Tunnel, tunnelOf } from "../cloudflare/state.ts";
import { closeServer, listen } from "../serving/listen.ts";
import { forwardToOrigin } from "./forward-to-origin.ts";
import type { Funnel } from "./funnel.ts";
import { matchIngress } from "./ingress-match.ts";
import { readPath } from "./request-path.ts";

/** How a broken host fails: it cuts each connection without an answer, or answers each request with a status. */
export type Breakage = "connection" | number;

/** The running edge. */
export interface Edge {
  readonly port: number;
  /** Makes a host fail. Default: `connection`. */
  breakHost(hostname: string, breakage?: Breakage): void;
  /** Makes a host work again. */
  restoreHost(hostname: string): void;
  close(): Promise<void>;
}

interface EdgeRequest {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** The host name without the port, in lower case. */
  readonly hostname: string;
  /** The path as in the request line. */
  readonly path: string;
  /** The query as in the request line, with its question mark; empty without a query. */
  readonly query: string;
}

/**
 * Starts the edge.
 *
 * @throws Error if the port is taken
 */
export async function startEdge(cloudflare: CloudflareState, funnel: Funnel, port?: number): Promise<Edge> {
  const broken = new Map<string, Breakage>();
  const server = createServer((incoming, response) => {
    const request = parseRequest(incoming, response);
    const breakage = broken.get(request.hostname);
    if (breakage === "connection") incoming.socket.destroy();
    else if (breakage !== undefined) answer(response, breakage, "");
    else route(cloudflare, funnel, request);
  });
  const bound = await listen(server, port);
  return {
    port: bound,
    breakHost: (hostname, breakage = "connection") => broken.set(hostname, breakage),
    restoreHost: (hostname) => broken.delete(hostname),
    close: () => closeServer(server),
  };
}

function parseRequest(incoming: IncomingMessage, response: ServerResponse): EdgeRequest {
  const host = incoming.headers.host ?? "";
  const hostname = (withoutPort(host) ?? host).toLowerCase();
  const target = incoming.url ?? "/";
  const queryAt = target.indexOf("?");
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  return { incoming, response, hostname, path, query: queryAt === -1 ? "" : target.slice(queryAt) };
}

function route(cloudflare: CloudflareState, funnel: Funnel, request: EdgeRequest): void {
  if (request.hostname === funnel.host) {
    overFunnel(funnel, request);
    return;
  }
  const tunnel = tunnelOf(cloudflare, request.hostname);
  if (tunnel !== undefined) overTunnel(tunnel, request);
  else answer(request.response, 421, `no proxied record leads ${request.hostname} to a tunnel\n`);
}

function overTunnel(tunnel: Tunnel, request: EdgeRequest): void {
  const { hostname, response } = request;
  const path = readPath(request.path);
  if (path === undefined) {
    answer(response, 400, "");
    return;
  }
  const rule = matchIngress(tunnel.config.ingress, hostname, path.bytes);
  const status = /^http_status:(\d{3})$/.exec(rule?.service ?? "http_status:503")?.[1];
  if (rule === undefined || status !== undefined) answer(response, Number(status), "");
  else toOrigin(rule, { ...request, path: path.forwarded });
}

function toOrigin(rule: IngressRule, { incoming, response, path, query }: EdgeRequest): void {
  const client = incoming.socket.remoteAddress ?? "";
  const forwarded = incoming.headers["x-forwarded-for"];
  forwardToOrigin(incoming, response, {
    origin: rule.service,
    target: `${path}${query}`,
    headers: {
      host: rule.originRequest?.httpHostHeader ?? incoming.headers.host,
      "cf-connecting-ip": client,
      "cf-ray": `${randomBytes(8).toString("hex")}-LAX`,
      "cf-visitor": '{"scheme":"https"}',
      "cdn-loop": "cloudflare; loops=1",
      "x-forwarded-for": forwarded === undefined ? client : `${forwarded},${client}`,
      "x-forwarded-proto": "https",
    },
  });
}

function overFunnel(funnel: Funnel, { incoming, response, path, query }: EdgeRequest): void {
  const found = funnel.route(path);
  if (found === undefined) {
    answer(response, 404, "404 page not found\n");
    return;
  }
  forwardToOrigin(incoming, response, {
    origin: found.origin,
    target: `${found.path}${query}`,
    headers: {
      // tailscaled discards the client's own forwarding headers.
      forwarded: undefined,
      "x-forwarded-for": incoming.socket.remoteAddress,
      "x-forwarded-host": incoming.headers.host,
      "x-forwarded-proto": "https",
    },
  });
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "Content-Type": "text/plain" }).end(body);
}
