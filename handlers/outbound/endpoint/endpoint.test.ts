import { DatabaseError } from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectDatabase } from "../../storage/database.ts";
import { CALL, MESSAGE, OUTBOUND_TOKEN, startTestAdmin, type TestAdmin } from "../testing/admin.ts";
import { ask, post, problemOf, sendRaw } from "../testing/ask.ts";

let admin: TestAdmin;
beforeEach(async () => {
  admin = await startTestAdmin();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await admin.close();
});

describe("POST", () => {
  it.each([
    ["/outbound/calls", { kind: "call", ...CALL }],
    ["/outbound/messages", { kind: "message", ...MESSAGE }],
  ])("to %s queues a request and returns its location", async (path, request) => {
    const { kind: _, ...fields } = request;
    const { status, headers, body } = await post(admin, path, fields);
    const [accepted] = admin.outbox.accepted;
    expect(accepted).toEqual({ id: body.id, key: "key-1", request });
    expect({ status, body, location: headers.get("location") }).toEqual({
      status: 202,
      body: { id: accepted?.id, state: "queued" },
      location: `${path}/${accepted?.id}`,
    });
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("answers a repeat like the first time, and queues nothing", async () => {
    const [first, second] = [await post(admin, "/outbound/calls", CALL), await post(admin, "/outbound/calls", CALL)];
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect(admin.outbox.accepted).toHaveLength(1);
  });

  it.each([
    ["/outbound/calls", { ...CALL, to: "+12135550101" }],
    ["/outbound/messages", MESSAGE],
  ])("refuses a different request under a known key: %s", async (path, other) => {
    await post(admin, "/outbound/calls", CALL);
    expect(problemOf(await post(admin, path, other))).toEqual({
      status: 422,
      title: "Unprocessable Content",
      detail: "this Idempotency-Key was already used for a different request; use a new key for a new request",
    });
    expect(admin.outbox.accepted).toHaveLength(1);
  });
});

describe("the token", () => {
  it.each([
    "",
    "Bearer",
    `Bearer ${OUTBOUND_TOKEN}x`,
    `Bearer ${OUTBOUND_TOKEN.slice(1)}`,
    `Bearer ${OUTBOUND_TOKEN} ${OUTBOUND_TOKEN}`,
    `Basic ${OUTBOUND_TOKEN}`,
    OUTBOUND_TOKEN,
  ])("%j is refused without a reason, whatever the request", async (authorization) => {
    for (const [path, method] of [
      ["/outbound/calls", "POST"],
      ["/outbound/calls", "GET"],
      ["/outbound/elsewhere", "GET"],
    ]) {
      const answer = await ask(admin, path ?? "", { method: method ?? "", headers: { authorization } });
      expect(problemOf(answer)).toEqual({ status: 401, title: "Unauthorized" });
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  it("is checked before the body arrives", async () => {
    const head = ["POST /outbound/calls HTTP/1.1", "host: localhost", "content-length: 100"];
    expect(await sendRaw(admin, head)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it("may follow the scheme in upper or lower case", async () => {
    const headers = { authorization: `bEARER ${OUTBOUND_TOKEN}` };
    expect((await post(admin, "/outbound/calls", CALL, headers)).status).toBe(202);
  });
});

describe("GET", () => {
  it("shows the status of a request", async () => {
    const { id } = (await post(admin, "/outbound/messages", MESSAGE)).body;
    const queued = { id, kind: "message", to: MESSAGE.to, from: MESSAGE.from, state: "queued", attempts: 0, sid: null };
    expect(await ask(admin, `/outbound/messages/${id}`)).toMatchObject({ status: 200, body: queued });
    admin.outbox.settle(id, { state: "blocked", reason: "the gate is shut" });
    expect((await ask(admin, `/outbound/messages/${id}`)).body).toMatchObject({
      state: "blocked",
      reason: "the gate is shut",
    });
    expect(await ask(admin, `/outbound/messages/${id}`, { method: "HEAD" })).toMatchObject({
      status: 200,
      body: undefined,
    });
  });

  it("answers 404 to an id of the other kind, or of no request", async () => {
    const { id } = (await post(admin, "/outbound/messages", MESSAGE)).body;
    const unknown = [
      `calls/${id}`,
      "messages/8f14e45f-ceea-467f-a0e6-7d4b2a4e6b11",
      "messages/1",
      "messages/",
      "texts",
    ];
    for (const path of unknown) expect(problemOf(await ask(admin, `/outbound/${path}`)).status).toBe(404);
  });

  it.each([
    ["GET", "/outbound/calls", "POST"],
    ["DELETE", "/outbound/calls", "POST"],
    ["POST", "/outbound/calls/8f14e45f-ceea-467f-a0e6-7d4b2a4e6b11", "GET, HEAD"],
  ])("answers 405 to %s of %s, and says what is allowed", async (method, path, allow) => {
    const answer = await ask(admin, path, { method });
    expect(problemOf(answer).status).toBe(405);
    expect(answer.headers.get("allow")).toBe(allow);
  });
});

describe("the database", () => {
  beforeEach(() => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
  });

  it("being away gives a 503 with Retry-After", async () => {
    const pool = connectDatabase("postgres://127.0.0.1:1/hub", 1);
    const { id } = (await post(admin, "/outbound/calls", CALL)).body;
    admin.outbox.failure = () => pool.query("select 1").then(() => Promise.reject(new Error("it is there")));
    for (const answer of [await post(admin, "/outbound/calls", CALL), await ask(admin, `/outbound/calls/${id}`)]) {
      expect(problemOf(answer).detail).toContain("send the same request again, with the same Idempotency-Key");
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
    }
    await pool.end();
  });

  it("refusing a statement gives a 500, without an invitation to try again", async () => {
    const refused = Object.assign(new DatabaseError("hidden", 6, "error"), { code: "22P05" });
    admin.outbox.failure = () => Promise.reject(refused);
    expect(await post(admin, "/outbound/calls", CALL)).toMatchObject({ status: 500, body: undefined });
    expect(String(vi.mocked(process.stderr.write).mock.calls)).not.toContain("hidden");
  });
});
