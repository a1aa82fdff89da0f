/** A stand-in for a server that the handler calls. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

/** A received request. */
export interface EndpointRequest {
  readonly method: string;
  /** Its path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP answer, a cut connection, or no answer at all. */
export type EndpointAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  | "cut"
  | "silence";

/** A server that records its requests. */
export interface TestEndpoint {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly received: EndpointRequest[];
  /** Makes the answer to the next request. Tests replace it. */
  answer: (request: EndpointRequest) => EndpointAnswer | Promise<EndpointAnswer>;
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. It answers 200 by default. */
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
