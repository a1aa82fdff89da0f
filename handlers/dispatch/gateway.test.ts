import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type OpenClaw, startOpenClaw } from "../../loopback/openclaw.ts";
import { type EndpointAnswer, startEndpoint, type TestEndpoint } from "../testing/endpoint.ts";
import { eventually } from "../testing/eventually.ts";
import { MAX_REASON_LENGTH } from "../worker/retry.ts";
import { postToAgent } from "./gateway.ts";

const TOKEN = "token-of-the-tests";
const MESSAGE = {
  eventId: "inbound-text:SM1:received",
  agentId: "acquisitions",
  name: "Twilio inbound-text",
  message: "Grüße",
};

let endpoint: TestEndpoint;
let openClaw: OpenClaw;
beforeAll(async () => {
  [endpoint, openClaw] = await Promise.all([startEndpoint(), startOpenClaw(TOKEN)]);
});
afterAll(() => Promise.all([endpoint.close(), openClaw.close()]));
beforeEach(() => {
  endpoint.received.length = 0;
});

function post(answer: EndpointAnswer, timeoutMs = 30_000, signal = new AbortController().signal) {
  endpoint.answer = () => answer;
  return postToAgent({ url: endpoint.url, hookToken: TOKEN, timeoutMs }, MESSAGE, signal);
}

describe("a message to the gateway", () => {
  it("has the form that the hook takes, and is never delivered by the gateway", async () => {
    expect(await post({ status: 200, body: '{"ok":true,"runId":"r"}' })).toEqual({ kind: "done" });
    const [request] = endpoint.received;
    expect(request).toMatchObject({ method: "POST", target: "/hooks/agent" });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
      "idempotency-key": MESSAGE.eventId,
    });
    const { eventId, ...payload } = MESSAGE;
    expect(JSON.parse(request?.body ?? "")).toEqual({ ...payload, deliver: false });
    expect(eventId).toBe(MESSAGE.eventId);
  });

  it("is run once if the gateway gets it twice", async () => {
    const send = () => postToAgent({ url: openClaw.url, hookToken: TOKEN }, MESSAGE, new AbortController().signal);
    expect([await send(), await send()]).toEqual([{ kind: "done" }, { kind: "done" }]);
    expect(openClaw.state.runs.map(({ payload }) => payload.agentId)).toEqual(["acquisitions"]);
  });
});

describe("an answer", () => {
  it.each([
    [400, '{"ok":false,"error":"message required"}', "HTTP 400: message required"],
    [
      400,
      '{"error":"Hook token must be\\nprovided via a header."}',
      "HTTP 400: Hook token must be provided via a header.",
    ],
    // The page of another program may quote the message.
    [400, "You sent: Is the house still for sale?", "HTTP 400"],
    [400, "", "HTTP 400"],
  ])("%i %j parks", async (status, body, reason) => {
    expect(await post({ status, body })).toEqual({ kind: "parked", reason });
  });

  it.each([401, 404, 405, 413, 429, 500, 502, 503])("%i is tried again", async (status) => {
    expect(await post({ status, body: "No" })).toEqual({
      kind: "retried",
      reason: `HTTP ${status}`,
      afterMs: undefined,
    });
  });

  it.each([
    [429, 7_000],
    [503, 7_000],
    [500, undefined],
    [401, undefined],
  ])("%i with Retry-After 7 asks for %j ms", async (status, afterMs) => {
    expect(await post({ status, headers: { "retry-after": "7" } })).toMatchObject({ kind: "retried", afterMs });
  });

  it("that redirects is not followed, so that only the gateway gets the token", async () => {
    const outcome = await post({ status: 307, headers: { location: `${endpoint.url}/elsewhere` } });
    expect(outcome).toMatchObject({ kind: "retried", reason: "HTTP 307" });
    expect(endpoint.received).toHaveLength(1);
  });

  it("that is far too long parks without a reason", async () => {
    const outcome = await post({ status: 400, body: "x".repeat(10_000_000) });
    expect(outcome).toEqual({ kind: "parked", reason: "HTTP 400" });
  });

  it("with a long reason has it cut", async () => {
    const outcome = await post({ status: 400, body: JSON.stringify({ error: "x".repeat(3_000) }) });
    expect("reason" in outcome && outcome.reason.length).toBe(MAX_REASON_LENGTH);
  });
});

describe("no answer", () => {
  it.each([
    ["cut", /^no answer \((UND_ERR_SOCKET|ECONNRESET)\)$/],
    ["silence", /^no answer in time$/],
  ] as const)("because of %s is tried again", async (answer, reason) => {
    expect(await post(answer, 200)).toEqual({ kind: "retried", reason: expect.stringMatching(reason) });
  });

  it("from a closed port is tried again", async () => {
    const closed = await startEndpoint();
    await closed.close();
    const outcome = await postToAgent({ url: closed.url, hookToken: TOKEN }, MESSAGE, new AbortController().signal);
    expect(outcome).toEqual({ kind: "retried", reason: "no answer (ECONNREFUSED)" });
  });

  it("because the handler stops releases the event", async () => {
    const stopping = new AbortController();
    const posted = post("silence", 30_000, stopping.signal);
    await eventually(() => expect(endpoint.received).toHaveLength(1));
    stopping.abort();
    expect(await posted).toEqual({ kind: "released" });
  });
});
