/** Fixtures for tests of the loopback cloud: the config of the demo's stack, and an origin that records its requests. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { z } from "zod";
import type { HubConfig } from "../hub/config/config.ts";
import { parseConfig } from "../hub/config/parse.ts";
import { closeServer, listen } from "./serving/listen.ts";

const StackFile = z.object({ config: z.record(z.string(), z.unknown()) });
const STACK_FILE = "Pulumi.loopback.yaml";

/** Reads the config of the demo's stack, with another port for the handler. */
export function loopbackConfig(handlerPort: number): HubConfig {
  const { config } = StackFile.parse(parse(readFileSync(new URL(`../${STACK_FILE}`, import.meta.url), "utf8")));
  const values = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^hub:/, ""), value]));
  const parsed = parseConfig(values, STACK_FILE);
  return { ...parsed, handler: { ...parsed.handler, port: handlerPort } };
}

/** A request as the origin received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** The path and the query, verbatim. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that stands in for the handler. */
export interface TestOrigin {
  readonly port: number;
  readonly received: ReceivedRequest[];
  /** The statuses of the next answers. When the list is empty, the status is 200. */
  readonly statuses: number[];
  /** The delays of the next answers, in milliseconds. When the list is empty, there is no delay. */
  readonly delays: number[];
  close(): Promise<void>;
}

/** The answer of {@link startOrigin}'s origin. */
export const TEST_TWIML = "<Response/>";

/** Starts an origin that answers every request with empty TwiML. */
export async function startOrigin(): Promise<TestOrigin> {
  const received: ReceivedRequest[] = [];
  const statuses: number[] = [];
  const delays: number[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    received.push({ method, target: url, headers, body: await text(request) });
    const answer = () => response.writeHead(statuses.shift() ?? 200, { "Content-Type": "text/xml" }).end(TEST_TWIML);
    const delay = delays.shift();
    if (delay === undefined) answer();
    else timers.add(setTimeout(answer, delay));
  });
  const port = await listen(server);
  const close = () => {
    for (const timer of timers) clearTimeout(timer);
    return closeServer(server);
  };
  return { port, received, statuses, delays, close };
}
