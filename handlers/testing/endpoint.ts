/** A server in the place of one that the handler calls. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

/** A request as it arrived. */
export interface EndpointRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a request is answered with: an answer, a cut connection, or nothing at all. */
export type EndpointAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  | "cut"
  | "silence";

/** A server that remembers what it was asked. */
export interface TestEndpoint {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly received: EndpointRequest[];
  /** What comes next is answered with; tests change it. */
  answer: (request: EndpointRequest) => EndpointAnswer | Promise<EndpointAnswer>;
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. It answers 200 until it is told otherwise. */
export async function startEndpoint(): Promise<TestEndpoint> {
  const received: EndpointRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const { method = "", url: target = "", headers } = incoming;
    const request = { method, target, headers, body: await text(incoming) };
    received.push(request);
    give(await endpoint.answer(request), response);
  });
  const closed = once(server, "close");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const endpoint: TestEndpoint = { url: `http://127.0.0.1:${port}`, received, answer: () => ({ status: 200 }), close };
  return endpoint;
}

function give(answer: EndpointAnswer, response: ServerResponse): void {
  if (answer === "silence") return;
  if (answer === "cut") response.destroy();
  else response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
}
