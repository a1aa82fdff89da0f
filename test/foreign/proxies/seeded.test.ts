import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { testManifest } from "../../../handlers/testing/manifest.ts";
import { newWebhook, urlOf } from "../../support/handler/new-webhooks.ts";
import { differing, sendAll } from "./compare.ts";
import { CURL } from "./curl.ts";
import { answersItself, faultDirectly, faultThrough, springDirectly } from "./framing/spring.ts";
import { TRAPS } from "./framing/traps.ts";
import { type FrontFaults, startFronts } from "./fronts/fronts.ts";
import { asCurl, type RequestKind } from "./requests.ts";
import { MISSING } from "./use-fronts.ts";

const manifest = testManifest();
let server: Server | undefined;
afterEach(async () => {
  if (server === undefined) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
  server = undefined;
});

async function serve(answer: RequestListener, options: ServerOptions = {}): Promise<number> {
  server = createServer(options, answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** Answers with what it has read, so that a proxy that changes anything shows. */
const echo: RequestListener = async ({ method, url, headers }, outgoing) =>
  outgoing.end(JSON.stringify([method, url, headers["x-twilio-signature"]]));

const webhook = asCurl(newWebhook(urlOf(manifest, "inbound-call"), "/voice/webhook?turn=2"));
const KINDS: readonly RequestKind[] = [{ name: "a webhook", status: 200, isStored: false, make: () => webhook }];

test.skipIf(MISSING !== "").each<[string, FrontFaults, string[]]>([
  ["nothing is wrong", {}, []],
  ["nginx rewrites the path", { nginx: "rewrite ^/voice/(.*) /sms/$1 break;" }, ["nginx", "nginx without buffers"]],
  ["nginx drops the query", { nginx: 'set $args "";' }, ["nginx", "nginx without buffers"]],
  ["haproxy rewrites the path", { haproxy: "http-request set-path /sms/webhook" }, ["haproxy"]],
  ["haproxy drops the signature", { haproxy: "http-request del-header x-twilio-signature" }, ["haproxy"]],
])(`the comparison notices that %s${MISSING}`, async (_what, faults, expected) => {
  const running = await startFronts(await serve(echo), faults);
  try {
    const found = differing(await sendAll(running.fronts, KINDS)).map(({ front }) => front);
    expect([...new Set(found)].sort()).toEqual(expected);
  } finally {
    await running.close();
  }
});

test.skipIf(CURL === undefined)("the comparison notices an app that answers by the framing", async () => {
  const port = await serve(({ headers }, outgoing) => outgoing.end(headers["transfer-encoding"] ?? "by length"));
  const found = differing(await sendAll([{ name: "directly", port, h2Port: undefined }], KINDS));
  expect(found.map(({ name }) => name)).toEqual(["directly, chunked: a webhook"]);
});

test.each<[string, ServerOptions, string[]]>([
  ["Node's server as it comes", {}, ["HTTP/2.0", "two hosts"]],
  ["Node's lenient server", { insecureHTTPParser: true }, ["HTTP/2.0", "two hosts", "CL.TE"]],
])("the traps catch %s", async (_what, options, expected) => {
  const stored = new Map<string, number>();
  const store: RequestListener = async (incoming, outgoing) => {
    const sid = new URLSearchParams(await text(incoming).catch(() => "")).get("CallSid") ?? "";
    stored.set(sid, (stored.get(sid) ?? 0) + 1);
    outgoing.writeHead(incoming.url === "/end" ? 404 : 204).end();
  };
  const port = await serve(store, { keepAliveTimeout: 500, ...options });
  const chosen = TRAPS.filter(({ name }) => ["CL.TE", "two hosts", "HTTP/2.0", "an extension"].includes(name));
  const sprung = await Promise.all(chosen.map((trap) => springDirectly(port, trap, manifest)));
  const caught = sprung.filter((one) => faultDirectly(one, stored) !== undefined);
  expect(caught.map(({ trap }) => trap.name)).toEqual(expected);
});

test("a second answer, a hidden request that was served, and another request's answer are noticed", async () => {
  const port = await serve((_incoming, outgoing) => outgoing.end("another answer"));
  const [trap] = TRAPS;
  if (trap === undefined) throw new Error("there are no traps");
  const sprung = await springDirectly(port, trap, manifest);
  const sids = sprung.hidden.map(({ sid }): [string, number] => [sid, 1]);
  expect(faultThrough(sprung, new Map())).toBeUndefined();
  expect(faultThrough(sprung, new Map(sids))).toBe("a hidden request was served");
  const answers = { ...sprung.answers, statuses: [400, 204] };
  expect(faultThrough({ ...sprung, answers }, new Map())).toBe("answered 400,204");
  expect(await answersItself(port, manifest, "0".repeat(32))).toBe(false);
});
