/** An HTTP server that strangers may talk to: its connections take turns, and it serves no request that a proxy could read in another way. */
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { shareFairly } from "./fair-connection.ts";
import { type HeadProblem, headProblem } from "./request-head.ts";
import { endAfter, isEnding, sendAnswer } from "./send-answer.ts";

/** Serves a request. It does not throw. */
export type Serve = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/**
 * Makes a server, which does not listen yet. A request with a {@link headProblem} is answered with its status only, and ends its connection. No request
 * is served on a connection that ends.
 */
export function createHttpServer(options: ServerOptions, serve: Serve): Server {
  // Node answers a request without a host by itself, and then serves what comes behind it.
  const server = createServer({ ...options, requireHostHeader: false }, (incoming, outgoing) => {
    if (isEnding(incoming)) return;
    // Node drops the bytes that came with a request for an upgrade, and reads on behind them.
    if (incoming.headers.upgrade !== undefined) endAfter(incoming);
    const problem = headProblem(incoming);
    void (problem === undefined ? serve(incoming, outgoing) : refuse(incoming, outgoing, problem));
  });
  shareFairly(server);
  return server;
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: HeadProblem): Promise<void> {
  return sendAnswer(incoming, outgoing, { status, headers: { "content-length": 0 }, body: undefined }, true);
}
