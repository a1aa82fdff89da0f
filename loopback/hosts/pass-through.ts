/** Passes a request to another server on this machine unchanged: method, path, headers and body. `forward-to-origin.ts` changes it. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";

/** Passes a request to the server at the port, and its answer to the client. The answer is 502 if the server cannot be reached. */
export function passThrough(incoming: IncomingMessage, answer: ServerResponse, port: number): void {
  const { method, url, headers } = incoming;
  const outgoing = httpRequest({ host: "127.0.0.1", port, method, path: url, headers });
  outgoing.on("response", (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  outgoing.on("error", () => answer.writeHead(502).end());
  incoming.pipe(outgoing);
}
