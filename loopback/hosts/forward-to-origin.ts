/** Forwards a request to an origin, with another target and other headers. `pass-through.ts` changes nothing. */
import { type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";

/** The destination of a request. */
export interface Destination {
  /** `http://<host>:<port>`; the host must be this machine. */
  readonly origin: string;
  /** The path and the query for the request line. */
  readonly target: string;
  /** Headers to replace; undefined removes a header. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Headers that belong to one connection (RFC 9110, 7.6.1). */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];
const THIS_MACHINE = ["127.0.0.1", "localhost"];

/**
 * Forwards a request and its body, and returns the answer to the client. The answer is 502 if the origin cannot be reached, is not on
 * this machine, or hangs up before it answers.
 */
export function forwardToOrigin(incoming: IncomingMessage, response: ServerResponse, destination: Destination): void {
  const { protocol, hostname, port } = new URL(destination.origin);
  if (protocol !== "http:" || !THIS_MACHINE.includes(hostname)) {
    badGateway(response, `only http origins on this machine are reached, not ${destination.origin}`);
    return;
  }
  // Each request has its own connection. An origin that restarts could close a kept connection, which would look like a failure.
  const outgoing = request({
    host: hostname,
    port: port || 80,
    method: incoming.method,
    path: destination.target,
    headers: withoutHopByHop({ ...incoming.headers, ...destination.headers }),
    agent: false,
  });
  outgoing.on("error", (error) => badGateway(response, error.message));
  outgoing.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  response.on("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => value !== undefined && !HOP_BY_HOP.includes(name)),
  );
}

function badGateway(response: ServerResponse, reason: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(502, { "Content-Type": "text/plain" }).end(`Bad gateway: ${reason}\n`);
}
