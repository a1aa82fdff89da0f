/** The Node host of the app: an HTTP server on the loopback interface, behind the tunnel and the funnel. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, headersOf } from "../twilio/answer.ts";
import type { Delivered } from "../twilio/request.ts";
import { SIGNATURE_SETTINGS_HEADER } from "../twilio/signature-settings.ts";
import type { App } from "../webhook/app.ts";
import { createHttpServer } from "./http-server.ts";
import { listen } from "./listen.ts";
import { type BodyReader, createBodyReader } from "./request-body.ts";
import { originForm } from "./request-head.ts";
import { type SentAnswer, sendAnswer } from "./send-answer.ts";

/** The settings of {@link startServer}. */
export interface ServerSettings {
  readonly app: App;
  /** The manifest's port; 0 takes a free one. */
  readonly port: number;
}

/** A listening server. */
export interface RunningServer {
  readonly port: number;
  /**
   * For {@link LINGER_MS}, tells clients in its answers to close their connections. Then stops accepting, lets running requests finish, and
   * cuts off those that still run after {@link CLOSE_GRACE_MS}.
   */
  close(): Promise<void>;
}

/**
 * Twilio gives a webhook 15 seconds in all (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides), so nobody waits for the
 * answer to a request that takes longer to arrive. cloudflared keeps an idle connection for 90 seconds
 * (https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/configure-tunnels/origin-configuration/). The server keeps it
 * longer; otherwise it could close a connection that cloudflared is about to use.
 */
const TIMEOUTS: ServerOptions = {
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 95_000,
  connectionsCheckingInterval: 1_000,
};

/**
 * The time before a closing server closes its connections, in milliseconds. Closing a connection between two requests may cut off the next
 * one, and the tunnel does not send it again.
 */
export const LINGER_MS = 500;

/** The longest time that {@link RunningServer.close} waits for running requests, in milliseconds. */
export const CLOSE_GRACE_MS = 10_000;

/** The interval at which {@link RunningServer.close} closes connections that became idle, in milliseconds. */
const CLOSE_POLL_MS = 50;

/** Only the tunnel and the funnel, which run on the same machine, may reach the handler. */
const HOSTNAME = "127.0.0.1";

/**
 * Starts the server.
 *
 * @throws Error naming `hub:handler.port` if the server cannot listen on the port
 */
export async function startServer({ app, port }: ServerSettings): Promise<RunningServer> {
  let closing: Promise<void> | undefined;
  const readBody = createBodyReader();
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const answer = await app(deliveredOf(incoming, outgoing, readBody));
    await sendAnswer(incoming, outgoing, sentAnswer(answer), closing !== undefined);
  };
  const server = createHttpServer(TIMEOUTS, serve);
  // Otherwise Node would ask every client for its body.
  server.on("checkContinue", (incoming, outgoing) => server.emit("request", incoming, outgoing));
  const bound = await listen(server, port, HOSTNAME, "hub:handler.port");
  const close = async () => {
    await sleep(LINGER_MS);
    await closeServer(server);
  };
  return {
    port: bound,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function deliveredOf(incoming: IncomingMessage, outgoing: ServerResponse, readBody: BodyReader): Delivered {
  const { url = "/", method = "", headers, httpVersion } = incoming;
  return {
    target: originForm(url),
    method,
    contentType: headers["content-type"],
    contentLength: headers["content-length"],
    signature: joined(headers["x-twilio-signature"]),
    signatureSettings: joined(headers[SIGNATURE_SETTINGS_HEADER]),
    readBody: (maxBytes) => {
      // HTTP/1.0 knows no answer before the answer: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
      if (headers.expect !== undefined && httpVersion === "1.1") outgoing.writeContinue();
      return readBody(incoming, maxBytes);
    },
    requestId: randomUUID(),
    arrivedAt: performance.now(),
  };
}

/** Node joins the values of a repeated header itself, but its types allow a list. */
function joined(values: string | string[] | undefined): string | undefined {
  return Array.isArray(values) ? values.join(", ") : values;
}

function sentAnswer(answer: Answer): SentAnswer {
  const length = answer.status === 204 ? {} : { "content-length": Buffer.byteLength(answer.body) };
  return { status: answer.status, headers: { ...headersOf(answer), ...length }, body: answer.body };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // A busy connection becomes idle once its answer has left, and would then be kept alive.
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_POLL_MS);
  const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cutOff);
}
