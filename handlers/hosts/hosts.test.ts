import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { lambdaEvent, type Send, sendToApp, sendToLambda, sendToServer } from "../testing/hosts.ts";
import { CALL, formWebhook, jsonWebhook, PARAMETERS, type TestRequest, testManifest } from "../testing/manifest.ts";
import { BOTH, signedByKey } from "../testing/signing.ts";
import { MAX_BODY_BYTES } from "../twilio/request.ts";
import { SIGNATURE_SETTINGS_HEADER } from "../twilio/signature-settings.ts";
import { type App, createApp } from "../webhook/app.ts";
import { createLambdaHandler } from "./lambda.ts";
import { type RunningServer, startServer } from "./node-server.ts";

const manifest = testManifest();
const canonical = manifest.hosts.canonical.url;
const funnel = manifest.hosts.funnel.url;
const call = formWebhook(`${canonical}/voice/webhook`);
const keyCall = signedByKey(call, `${canonical}/voice/webhook`);
const settings = keyCall.headers[SIGNATURE_SETTINGS_HEADER] ?? "";
const named = { [SIGNATURE_SETTINGS_HEADER]: settings };
const twice = { [SIGNATURE_SETTINGS_HEADER]: `${settings},${settings}` };
const signature = { "x-twilio-signature": keyCall.headers["x-twilio-signature"] ?? "" };

let storage: HubStorage;
let app: App;
let server: RunningServer;
beforeAll(async () => {
  storage = await startHubStorage();
  app = createApp({ manifest, credentials: BOTH, store: storage.store, answerDeadlineMs: 4_000 });
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
  ["a call that a signing key signed", 200, keyCall],
  ["a call under the header of a key that did not sign it", 403, { ...call, headers: { ...call.headers, ...named } }],
  ["a call that a key signed, without its header", 403, { ...call, headers: { ...call.headers, ...signature } }],
  ["a call under the joined values of two headers", 403, { ...keyCall, headers: { ...keyCall.headers, ...twice } }],
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
  it.each(["evil.example", "webhook.reri.co:99999", "[::1]", "127.0.0.1:1"])("ignores the Host %j", async (host) => {
    const answer = await sendToServer(server.port)({ ...call, headers: { ...call.headers, host } });
    expect(answer.status).toBe(200);
  });

  it.each(["X-Twilio-Signature", "X-TWILIO-SIGNATURE"])("finds the signature in the header %s", async (name) => {
    const { "x-twilio-signature": signature = "", ...others } = call.headers;
    const answer = await sendToServer(server.port)({ ...call, headers: { ...others, [name]: signature } });
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

  describe("answers before a byte of the body was sent", () => {
    const { "x-twilio-signature": _, ...unsigned } = call.headers;
    const length = { "content-length": "60000" };

    it.each<[string, number, Partial<TestRequest>]>([
      ["a path outside the route table", 404, { target: "/nowhere", headers: { ...call.headers, ...length } }],
      ["a PUT", 405, { method: "PUT", headers: { ...call.headers, ...length } }],
      ["plain text", 415, { headers: { ...call.headers, ...length, "content-type": "text/plain" } }],
      ["a length over the limit", 413, { headers: { ...call.headers, "content-length": "65537" } }],
      ["no signature", 403, { headers: { ...unsigned, ...length } }],
      ["no signature and no length", 403, { headers: { ...unsigned, "transfer-encoding": "chunked" } }],
      ["a signature of another shape", 403, { headers: { ...unsigned, ...length, "x-twilio-signature": "x" } }],
      [
        "no signature, from a client that waits for 100 Continue",
        403,
        { headers: { ...unsigned, ...length, expect: "100-continue" } },
      ],
    ])("%s: %i", async (_what, status, changed) => {
      const answer = await text(await open({ ...call, ...changed }));
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer.toLowerCase()).toContain("\r\nconnection: close\r\n");
    });
  });

  describe("does not wait for a body that", () => {
    const chunked = { ...call, headers: { ...call.headers, "transfer-encoding": "chunked" } };
    /** Node's own answer after its time-out has no length. */
    const TOO_SLOW = /^HTTP\/1.1 408 .*\r\ncontent-length: 0\r\n/is;

    it("does not come: 408", async () => {
      const length = { "content-length": "600" };
      expect(await text(await open({ ...call, headers: { ...call.headers, ...length } }))).toMatch(TOO_SLOW);
    });

    it("comes one byte a second: 408", async () => {
      const socket = await open(chunked);
      const sending = setInterval(() => socket.write("1\r\nx\r\n"), 1_000);
      expect(await text(socket)).toMatch(TOO_SLOW);
      clearInterval(sending);
    });

    it("comes in chunks of one byte, thousands of them: 413", async () => {
      const socket = await open(chunked);
      socket.on("error", () => undefined).write("1\r\nx\r\n".repeat(60_000));
      const [answer] = await once(socket, "data");
      expect(String(answer)).toContain("HTTP/1.1 413 ");
    });
  });

  it("reads a genuine call in chunks of one byte", async () => {
    const headers = { ...call.headers, "transfer-encoding": "chunked", connection: "close" };
    const socket = await open({ ...call, headers });
    for (const byte of call.body ?? "") socket.write(`1\r\n${byte}\r\n`);
    socket.write("0\r\n\r\n");
    expect(await text(socket)).toContain("HTTP/1.1 200 OK");
  });

  it("asks for the body of a request whose head is right, and answers it", async () => {
    const body = call.body ?? "";
    const headers = {
      ...call.headers,
      "content-length": String(body.length),
      expect: "100-continue",
      connection: "close",
    };
    const socket = await open({ ...call, headers });
    const [first] = await once(socket, "data");
    expect(String(first)).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write(body);
    expect(await text(socket)).toContain("HTTP/1.1 200 OK");
  });

  it("does not ask a client of HTTP/1.0 for its body", async () => {
    const { target, method, headers, body = "" } = call;
    const sent = { ...headers, "content-length": body.length, expect: "100-continue" };
    const lines = Object.entries(sent).map((pair) => pair.join(": "));
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`${[`${method} ${target} HTTP/1.0`, ...lines].join("\r\n")}\r\n\r\n${body}`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK/);
  });

  it.each(["http://webhook.reri.co", "https://evil.example:1"])(
    "takes a whole URL on %s for its path",
    async (origin) => {
      const answer = await sendToServer(server.port)({ ...call, target: `${origin}${call.target}` });
      expect(answer).toEqual(await sendToServer(server.port)(call));
      expect(answer.status).toBe(200);
    },
  );

  it("keeps the connection of a refused request whose body has arrived", async () => {
    const { "x-twilio-signature": _, ...headers } = call.headers;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const outgoing = httpRequest({
      port: server.port,
      host: "127.0.0.1",
      agent,
      method: "POST",
      path: call.target,
      headers,
    });
    outgoing.end(call.body);
    const [incoming] = await once(outgoing, "response");
    await text(incoming);
    expect([incoming.statusCode, incoming.headers.connection]).toEqual([403, "keep-alive"]);
    agent.destroy();
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
    const body = call.body ?? "";
    const socket = await open(
      { ...call, headers: { ...call.headers, "content-length": String(body.length) } },
      closing.port,
    );
    await sleep(50);
    const closed = closing.close();
    await sleep(50);
    socket.write(body);
    expect(await text(socket)).toContain("HTTP/1.1 200 OK");
    await closed;
    await closing.close();
  });

  /** Sends the head of a request, and nothing of its body. */
  async function open({ method, target, headers }: TestRequest, port = server.port): Promise<Socket> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const lines = Object.entries({ host: "x", ...headers }).map((pair) => pair.join(": "));
    socket.write(`${[`${method} ${target} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`);
    return socket;
  }

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

  it.each([
    [403, { headers: { ...call.headers, "x-twilio-signature": "x" } }],
    [404, { target: "/nowhere" }],
    [413, { headers: { ...call.headers, "content-length": "65537" } }],
  ])("answers %i before it reads the body", async (statusCode, changed) => {
    const event = lambdaEvent({ ...call, ...changed }, "$default");
    const body = vi.fn(() => "");
    Object.defineProperty(event, "body", { get: body });
    expect(await handler(event)).toMatchObject({ statusCode });
    expect(body).not.toHaveBeenCalled();
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
