/** Hands a request on to a server of this machine, whole: method, path, headers and body. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";

/** Answers with what the server at the port answers, or 502 where there is none. */
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
