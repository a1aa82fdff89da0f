/**
 * A forward proxy that answers for Twilio's API hosts, and passes requests for the hub's own hosts to the edge. Clients whose base URL
 * cannot be set reach the loopback cloud through it. They need `HTTPS_PROXY` (Go) or `HTTP_PROXY` (Twilio's Node SDK), and the
 * authority's certificate (`SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS`). Twilio's Node SDK ignores its own `TWILIO_CA_BUNDLE` when it uses a
 * proxy.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { passThrough } from "../../hosts/pass-through.ts";
import { closeServer, listen } from "../../serving/listen.ts";
import { TWILIO_HOSTS, type TwilioApi } from "../api/api.ts";
import { makeCertificates } from "./certificates.ts";

/** A running proxy. */
export interface TwilioProxy {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The PEM certificate of the authority that signed the hosts' certificate. `/ca.pem` serves it too. */
  readonly ca: string;
  close(): Promise<void>;
}

/** The handler's hosts, and the port of the edge that routes to them. */
export interface EdgeHosts {
  readonly names: readonly string[];
  readonly edgePort: number;
}

/**
 * Starts the proxy. It opens tunnels to Twilio's API hosts, where the API answers, and to the given hosts, where the edge answers. It
 * refuses every other request with 403.
 *
 * @throws Error if the port is taken
 */
export async function startTwilioProxy(
  api: TwilioApi,
  port?: number,
  { names, edgePort }: EdgeHosts = { names: [], edgePort: 0 },
): Promise<TwilioProxy> {
  const hosts = [...TWILIO_HOSTS, ...names];
  const certificates = await makeCertificates(hosts);
  const server = createServer((request, response) => answerPlain(request, response, certificates.ca, hosts));
  const answerForTwilio = getRequestListener((request, bindings) => api.fetch(request, bindings), {
    overrideGlobalObjects: false,
  });
  const tls = createTlsServer(certificates, (incoming, answer) => {
    if (names.includes(incoming.headers.host ?? "")) passThrough(incoming, answer, edgePort);
    else void answerForTwilio(incoming, answer);
  });
  const tunnels = new Set<Duplex>();
  server.on("connect", (request, socket, head) => {
    // A client may hang up at any time. That must end only its own tunnel.
    socket.on("error", () => socket.destroy());
    const problem = refusal(request.url ?? "", hosts);
    if (problem !== undefined) {
      refuse(socket, problem);
      return;
    }
    tunnels.add(socket);
    socket.on("close", () => tunnels.delete(socket));
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    tls.emit("connection", socket);
  });
  const bound = await listen(server, port);
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    ca: certificates.ca,
    close: async () => {
      for (const socket of tunnels) socket.destroy();
      await closeServer(server);
    },
  };
}

/** The reason for refusing a tunnel to the target; undefined if it is allowed. */
function refusal(target: string, hosts: readonly string[]): string | undefined {
  if (hosts.some((host) => target === `${host}:443`)) return undefined;
  return `this proxy serves ${hosts.join(" and ")} on port 443 only, not ${target}\n`;
}

function refuse(socket: Duplex, reason: string): void {
  const head = ["HTTP/1.1 403 Forbidden", "Content-Type: text/plain", `Content-Length: ${Buffer.byteLength(reason)}`];
  socket.end(`${head.join("\r\n")}\r\nConnection: close\r\n\r\n${reason}`);
}

function answerPlain(request: IncomingMessage, response: ServerResponse, ca: string, hosts: readonly string[]): void {
  if (request.method === "GET" && request.url === "/ca.pem") {
    response.writeHead(200, { "Content-Type": "application/x-pem-file" }).end(ca);
    return;
  }
  const reason = refusal(request.url ?? "", hosts) ?? "this proxy opens tunnels (CONNECT) only\n";
  response.writeHead(403, { "Content-Type": "text/plain" }).end(reason);
}
