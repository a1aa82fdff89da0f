import { createServer, type RequestListener } from "node:http";
import { setImmediate } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { listen } from "../../handlers/hosts/listen.ts";
import { runLoad } from "./load.ts";
import { signedWebhooks } from "./webhooks.ts";

const running: { close(): void }[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  running.push({
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  return listen(server, 0, "127.0.0.1", "port");
}

/** The status that a webhook must be answered with, by its path: a status report gets an answer without content. */
const statusOf = (url = "") => (url.endsWith("/status") ? 204 : 200);

test("every webhook is sent once, and the load waits for its answer, even if that comes in pieces", async () => {
  const bodies: string[] = [];
  const port = await serve(async (incoming, outgoing) => {
    bodies.push((await incoming.setEncoding("utf8").toArray()).join(""));
    const status = statusOf(incoming.url);
    outgoing.writeHead(status, status === 204 ? {} : { "content-length": 4 });
    outgoing.flushHeaders();
    await setImmediate();
    outgoing.end(status === 204 ? "" : "done");
  });
  const webhooks = signedWebhooks(100);
  const result = await runLoad({ port, connections: 7, milliseconds: 60_000, webhooks, isRepeating: false });
  expect(result.answered).toBe(100);
  expect(new Set(bodies).size).toBe(100);
});

test("an answer with another status ends the load", async () => {
  const port = await serve((_incoming, outgoing) => outgoing.writeHead(503, { "content-length": 0 }).end());
  const load = runLoad({ port, connections: 1, milliseconds: 60_000, webhooks: signedWebhooks(1), isRepeating: false });
  await expect(load).rejects.toThrow("a webhook was answered 503, not 200");
});

test.each<[string, RequestListener]>([
  ["without a length", (_incoming, outgoing) => outgoing.writeHead(200).end("of any length")],
  ["that breaks off", (incoming) => incoming.socket.destroy()],
])("an answer %s ends the load", async (_name, answer) => {
  const port = await serve(answer);
  const load = runLoad({ port, connections: 1, milliseconds: 60_000, webhooks: signedWebhooks(1), isRepeating: false });
  await expect(load).rejects.toThrow("before its answer was complete");
});
