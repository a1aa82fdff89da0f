import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { lambdaEvent, type Send, sendToApp, sendToLambda, sendToServer } from "../testing/hosts.ts";
import {
  CALL,
  CREDENTIALS,
  formWebhook,
  jsonWebhook,
  PARAMETERS,
  type TestRequest,
  testManifest,
} from "../testing/manifest.ts";
import { MAX_BODY_BYTES } from "../twilio/request.ts";
import { type App, createApp } from "../webhook/app.ts";
import { createLambdaHandler } from "./lambda.ts";
import { type RunningServer, startServer } from "./node-server.ts";

const manifest = testManifest();
const canonical = manifest.hosts.canonical.url;
const funnel = manifest.hosts.funnel.url;
const call = formWebhook(`${canonical}/voice/webhook`);

let storage: HubStorage;
let app: App;
let server: RunningServer;
beforeAll(async () => {
  storage = await startHubStorage();
  app = createApp({ manifest, credentials: CREDENTIALS, store: storage.store, answerDeadlineMs: 4_000 });
  server = await startServer({ app, port: 0 });
});
afterAll(async () => {
  await server.close();
  await storage.close();
});
afterEach(() => vi.restoreAllMocks());

const REQUESTS: readonly [string, number, TestRequest][] = [
  ["a call", 200, call],
  ["a turn of a call", 200, formWebhook(`${canonical}/voice/webhook?turn=2`)],
  ["a query that is not the hub's", 403, formWebhook(`${canonical}/voice/webhook?a=%27&b='`)],
  ["a call over a stripped mount", 200, formWebhook(`${funnel}/voice`, CALL, "/")],
  ["a call over a whole path", 200, formWebhook(`${funnel}/voice/webhook`)],
  ["a text beyond ASCII", 200, formWebhook(`${canonical}/sms/webhook`, PARAMETERS["inbound-text"])],
  ["a callback", 204, formWebhook(`${canonical}/sms/status`, PARAMETERS["text-status"])],
  [
    "a JSON callback",
    204,
    jsonWebhook(`${canonical}/sms/status`, JSON.stringify({ ...PARAMETERS["text-status"], Body: "👋" })),
  ],
  ["a forged path", 403, { ...call, target: "/voice/status" }],
  ["a GET", 405, { target: "/voice/webhook", method: "GET", headers: {} }],
  ["a path outside the route table", 404, { ...call, target: "/voice/webhook/../webhook" }],
  ["a path with a fragment", 404, { ...call, target: "/voice/webhook#x" }],
  ["a path that is not a URL's", 404, { ...call, target: "/voice\\webhook" }],
  ["plain text", 415, { ...call, headers: { ...call.headers, "content-type": "text/plain" } }],
  ["a long body", 413, { ...call, body: "x".repeat(MAX_BODY_BYTES + 1) }],
];

describe("every host answers alike", () => {
  const hosts: readonly [string, () => Send][] = [
    ["the server", () => sendToServer(server.port)],
    ["Lambda", () => sendToLambda(app)],
    ["Lambda in a named stage", () => sendToLambda(app, "live")],
  ];
  describe.each(hosts)("%s", (_name, host) => {
    it.each(REQUESTS)("to %s: %i", async (_what, status, request) => {
      const answer = await host()(request);
      expect(answer.status).toBe(status);
      expect(answer).toEqual(await sendToApp(app)(request));
    });
  });
});

describe("the server", () => {
  it.each(["evil.example", "webhook.reri.co:99999", "a b", "["])("ignores the Host %j", async (host) => {
    const answer = await sendToServer(server.port)({ ...call, headers: { ...call.headers, host } });
    expect(answer.status).toBe(200);
  });

  it("refuses a signature that is sent twice", async () => {
    const signature = call.headers["x-twilio-signature"] ?? "";
    const headers = { ...call.headers, "x-twilio-signature": [signature, signature] };
    expect(await statusOf({ headers, path: call.target, method: "POST" }, call.body ?? "")).toBe(403);
  });

  it("refuses a long body without a content length", async () => {
    const headers = { ...call.headers, "transfer-encoding": "chunked" };
    expect(await statusOf({ headers, path: call.target, method: "POST" }, "x".repeat(1_000_000))).toBe(413);
  });

  it("names the config key if the port is in use", async () => {
    await expect(startServer({ app, port: server.port })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${server.port} (hub:handler.port): the port is in use`,
    );
  });

  it("asks clients to close their connections before it closes them", async () => {
    const closing = await startServer({ app, port: 0 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () =>
      new Promise<string | undefined>((resolve, reject) => {
        const { target: path, method, headers } = call;
        const outgoing = httpRequest({ port: closing.port, host: "127.0.0.1", path, method, headers, agent });
        outgoing.on("error", reject).on("response", (incoming) => {
          incoming.resume().on("end", () => resolve(incoming.headers.connection));
        });
        outgoing.end(call.body);
      });
    expect(await ask()).toBe("keep-alive");
    const closed = closing.close();
    expect(await ask()).toBe("close");
    agent.destroy();
    await closed;
  });

  it("lets a running request finish when it closes, and closes kept-alive connections", async () => {
    const closing = await startServer({ app, port: 0 });
    const socket = connect(closing.port, "127.0.0.1");
    const body = call.body ?? "";
    const headers = Object.entries({ host: "x", "content-length": String(body.length), ...call.headers });
    socket.write(`POST ${call.target} HTTP/1.1\r\n${headers.map((pair) => pair.join(": ")).join("\r\n")}\r\n\r\n`);
    await sleep(50);
    const closed = closing.close();
    await sleep(50);
    socket.write(body);
    expect(await text(socket)).toContain("HTTP/1.1 200 OK");
    await closed;
    await closing.close();
  });

  function statusOf(options: object, body: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({ port: server.port, host: "127.0.0.1", agent: false, ...options }, (incoming) => {
        incoming.resume();
        resolve(incoming.statusCode);
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
});

describe("the Lambda handler", () => {
  const handler = createLambdaHandler(async () => app);

  it("accepts a body that is not in base64", async () => {
    const event = { ...lambdaEvent(call, "$default"), body: call.body ?? "", isBase64Encoded: false };
    expect(await handler(event)).toMatchObject({ statusCode: 200, isBase64Encoded: false });
  });

  it("does not strip a stage that the path does not have", async () => {
    const event = lambdaEvent(call, "$default");
    const { requestContext } = event;
    expect(await handler({ ...event, requestContext: { ...requestContext, stage: "voi" } })).toMatchObject({
      statusCode: 200,
    });
  });

  it("answers 500 with an empty body if the app cannot be loaded", async () => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const failing = createLambdaHandler(() => Promise.reject(new Error("no credentials")));
    expect(await failing(lambdaEvent(call, "$default"))).toMatchObject({ statusCode: 500, body: "" });
  });
});
