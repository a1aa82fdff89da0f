import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startEndpoint, type TestEndpoint } from "../../testing/endpoint.ts";
import { CALL, MESSAGE, OUTBOUND_TOKEN, startTestAdmin, type TestAdmin } from "../testing/admin.ts";
import { createOutboundClient, OutboundError } from "./client.ts";

const AT_ONCE = { fromMs: 0, toMs: 0 };
const NOBODY = "8f14e45f-ceea-467f-a0e6-7d4b2a4e6b11";

function clientOf(url: string, token = OUTBOUND_TOKEN) {
  return createOutboundClient({ url, token, backoff: AT_ONCE });
}

/** Returns the error of a promise that must fail. */
async function failureOf(promise: Promise<unknown>): Promise<OutboundError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof OutboundError)) throw new Error(`expected an OutboundError; found ${error}`);
  expect(error.message).not.toContain(OUTBOUND_TOKEN);
  expect(error.message).not.toContain("\n");
  return error;
}

describe("against the admin server", () => {
  let admin: TestAdmin;
  beforeEach(async () => {
    admin = await startTestAdmin();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await admin.close();
  });

  it("places a call, sends a text, and reads their status", async () => {
    const client = clientOf(admin.url);
    const call = await client.placeCall(CALL);
    const message = await client.sendMessage(MESSAGE, "key-of-mine");
    expect([call.state, message.state]).toEqual(["queued", "queued"]);
    expect(admin.outbox.accepted).toEqual([
      { id: call.id, key: expect.stringMatching(/^[0-9a-f-]{36}$/), request: { kind: "call", ...CALL } },
      { id: message.id, key: "key-of-mine", request: { kind: "message", ...MESSAGE } },
    ]);
    expect(await client.status("message", message.id)).toMatchObject({ id: message.id, to: MESSAGE.to, reason: null });
  });

  it("makes a key for each request, and treats a repeated key as one request", async () => {
    const client = clientOf(admin.url);
    const ids = [await client.placeCall(CALL), await client.placeCall(CALL), await client.placeCall(CALL, "mine")];
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3);
    expect(await client.placeCall(CALL, "mine")).toEqual(ids[2]);
    expect((await failureOf(client.sendMessage(MESSAGE, "mine"))).detail).toContain(
      "already used for a different request",
    );
  });

  it("waits for a final state, and reports each state on the way", async () => {
    const client = clientOf(admin.url);
    const { id } = await client.placeCall(CALL);
    const states: string[] = [];
    const status = await client.settled("call", id, {
      onState: ({ state }) => {
        states.push(state);
        if (state === "queued") admin.outbox.settle(id, { state: "unknown" });
        else admin.outbox.settle(id, { state: "sent", sid: "CA00000000000000000000000000000001" });
      },
    });
    expect(status).toMatchObject({ state: "sent", sid: "CA00000000000000000000000000000001" });
    expect(states).toEqual(["queued", "unknown", "sent"]);
  });

  it.each(["blocked", "failed"] as const)("treats %s as final", async (state) => {
    const client = clientOf(admin.url);
    const { id } = await client.sendMessage(MESSAGE);
    admin.outbox.settle(id, { state, reason: "because" });
    expect(await client.settled("message", id)).toMatchObject({ state, reason: "because" });
  });

  it("stops waiting when its signal is aborted", async () => {
    const client = clientOf(admin.url);
    const { id } = await client.placeCall(CALL);
    const stop = new AbortController();
    const waiting = client.settled("call", id, { signal: stop.signal, onState: () => stop.abort("enough") });
    await expect(waiting).rejects.toBe("enough");
    await expect(client.settled("call", id, { signal: stop.signal })).rejects.toBe("enough");
  });

  it("reports the problem's title and detail, with each field named", async () => {
    const refused = await failureOf(
      clientOf(admin.url).placeCall({ ...CALL, to: "whatsapp:+12135550100", from: "+1" }),
    );
    expect(refused).toMatchObject({ status: 422, title: "Unprocessable Content" });
    expect(refused.detail).toMatch(/^to: WhatsApp is pending.*; from: expected a phone number/);
    expect(refused.message).toBe(`Unprocessable Content: ${refused.detail}`);
    expect(await failureOf(clientOf(admin.url).status("call", NOBODY))).toMatchObject({ status: 404 });
    expect((await failureOf(clientOf(admin.url, "x".repeat(32)).placeCall(CALL))).message).toBe("Unauthorized");
  });
});

describe("against an endpoint that fails", () => {
  let endpoint: TestEndpoint;
  beforeEach(async () => {
    endpoint = await startEndpoint();
  });
  afterEach(() => endpoint.close());

  const queued = { status: 202, body: JSON.stringify({ id: NOBODY, state: "queued" }) };
  const away = { status: 503, headers: { "retry-after": "0" }, body: '{"title":"Service Unavailable"}' };

  it("sends the same request again under the same key, after a cut connection and a 503", async () => {
    const answers = ["cut" as const, away, queued];
    endpoint.answer = () => answers.shift() ?? queued;
    expect(await clientOf(endpoint.url).placeCall(CALL)).toEqual({ id: NOBODY, state: "queued" });
    const sent = endpoint.received.map(({ method, target, headers, body }) => [method, target, headers, body]);
    expect(sent).toHaveLength(3);
    expect(endpoint.received[0]?.headers).toMatchObject({
      authorization: `Bearer ${OUTBOUND_TOKEN}`,
      "content-type": "application/json",
      "idempotency-key": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[2]).toEqual(sent[0]);
  });

  it("gives up after four attempts", async () => {
    endpoint.answer = () => away;
    expect(await failureOf(clientOf(endpoint.url).sendMessage(MESSAGE))).toMatchObject({ status: 503, detail: "" });
    expect(endpoint.received).toHaveLength(4);
    endpoint.answer = () => "cut";
    expect(await failureOf(clientOf(endpoint.url).status("call", NOBODY))).toMatchObject({ status: undefined });
    expect(endpoint.received).toHaveLength(8);
  });

  it.each([400, 401, 404, 409, 422, 500])("does not repeat a request that is answered with %i", async (status) => {
    endpoint.answer = () => ({ status, body: '{"title":"a title","detail":"a detail"}' });
    const error = await failureOf(clientOf(endpoint.url).placeCall(CALL));
    expect(error).toMatchObject({ status, title: "a title", detail: "a detail", message: "a title: a detail" });
    expect(endpoint.received).toHaveLength(1);
  });

  it.each([
    [{ status: 200, body: "<p>hello</p>" }, "HTTP 200: not an answer of the outbound endpoint"],
    [{ status: 403, body: "" }, "HTTP 403: not an answer of the outbound endpoint"],
    [{ status: 302, headers: { location: "/elsewhere" } }, "HTTP 302: not an answer of the outbound endpoint"],
    [{ status: 200, body: '{"id":1}' }, "unexpected answer: the program on this port is not the outbound endpoint"],
    [{ status: 200, body: "x".repeat(65 * 1024) }, "HTTP 200: not an answer of the outbound endpoint"],
  ])("reports the answer of another program: %j", async (answer, message) => {
    endpoint.answer = () => answer;
    expect((await failureOf(clientOf(endpoint.url).placeCall(CALL))).message).toBe(message);
    expect(endpoint.received).toHaveLength(1);
  });

  it("names the URL if nothing listens there", async () => {
    await endpoint.close();
    expect((await failureOf(clientOf(endpoint.url).placeCall(CALL))).message).toBe(
      `no answer (ECONNREFUSED): expected the outbound endpoint at ${endpoint.url}; is the handler running there?`,
    );
    endpoint = await startEndpoint();
  });
});
