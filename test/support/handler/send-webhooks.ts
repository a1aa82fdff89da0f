/** Sends many webhooks over persistent connections, as the tunnel does. */

import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { TestRequest } from "../../../handlers/testing/manifest.ts";

/** The result of a request. */
export interface Outcome {
  readonly request: TestRequest;
  /** Undefined if the connection was refused or cut. */
  readonly status: number | undefined;
  readonly body: string;
  readonly milliseconds: number;
}

/** Options of {@link sendWebhooks}. */
export interface SendOptions {
  readonly port: number;
  /** The number of requests at the same time. */
  readonly connections: number;
  /** Called after each result, with the number of results so far. */
  readonly onAnswer?: (answered: number) => void;
}

/** Sends each request once, in order, and returns the results in the order in which they arrived. */
export async function sendWebhooks(requests: Iterable<TestRequest>, options: SendOptions): Promise<Outcome[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const waiting = requests[Symbol.iterator]();
  const outcomes: Outcome[] = [];
  const sendNext = async (): Promise<void> => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      outcomes.push(await send(next.value, options.port, agent));
      options.onAnswer?.(outcomes.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.connections }, sendNext));
  } finally {
    agent.destroy();
  }
  return outcomes;
}

async function send(request: TestRequest, port: number, agent: Agent): Promise<Outcome> {
  const { target: path, method, headers, body } = request;
  const startedAt = performance.now();
  const took = () => performance.now() - startedAt;
  try {
    const outgoing = httpRequest({ port, host: "127.0.0.1", path, method, headers, agent });
    outgoing.end(body);
    const [incoming]: IncomingMessage[] = await once(outgoing, "response");
    if (incoming === undefined) throw new Error("no response");
    return { request, status: incoming.statusCode, body: await text(incoming), milliseconds: took() };
  } catch {
    return { request, status: undefined, body: "", milliseconds: took() };
  }
}
