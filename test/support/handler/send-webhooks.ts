/** Webhooks in great number, over kept connections, as the tunnel delivers them. */

import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { TestRequest } from "../../../handlers/testing/manifest.ts";

/** What came of a request. */
export interface Outcome {
  readonly request: TestRequest;
  /** Undefined where the connection was refused or cut. */
  readonly status: number | undefined;
  readonly body: string;
  readonly milliseconds: number;
}

/** How {@link sendWebhooks} sends. */
export interface SendOptions {
  readonly port: number;
  /** How many requests are under way at once. */
  readonly connections: number;
  /** Called after each answer, with how many there are. */
  readonly onAnswer?: (answered: number) => void;
}

/** Sends requests in their order, each once, and gives what came of each. */
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
