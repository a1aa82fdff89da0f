/** A forward proxy that stands in for the hub's hosts: it terminates their TLS, and passes every request to the handler unchanged. */
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { passThrough } from "../../../loopback/hosts/pass-through.ts";
import { listen } from "../../../loopback/serving/listen.ts";
import { makeCertificates } from "../../../loopback/twilio/proxy/certificates.ts";

/** A running proxy. */
export interface HostsProxy {
  /** The proxy's URL, for `HTTPS_PROXY`. */
  readonly url: string;
  /** The authority's certificate in PEM, for `NODE_EXTRA_CA_CERTS`. */
  readonly ca: string;
  close(): Promise<void>;
}

/** Starts the proxy. It answers 403 for any other host. */
export async function startHostsProxy(hosts: readonly string[], handlerPort: number): Promise<HostsProxy> {
  const certificates = await makeCertificates(hosts);
  const tunnels = new Set<Duplex>();
  const tls = createTlsServer(certificates, (incoming, answer) => passThrough(incoming, answer, handlerPort));
  const server = createServer((_request, answer) => answer.writeHead(403).end());
  server.on("connect", ({ url = "" }, socket) => {
    if (!hosts.some((host) => url === `${host}:443`)) {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    tunnels.add(socket);
    socket.on("error", () => socket.destroy());
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    tls.emit("connection", socket);
  });
  const port = await listen(server);
  const close = async () => {
    for (const socket of tunnels) socket.destroy();
    await new Promise((closed) => server.close(closed));
  };
  return { url: `http://127.0.0.1:${port}`, ca: certificates.ca, close };
}
