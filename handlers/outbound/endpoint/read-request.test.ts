import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CALL, MESSAGE, OUTBOUND_TOKEN, startTestAdmin, type TestAdmin } from "../testing/admin.ts";
import { ask, HEADERS, post, problemOf, sendRaw } from "../testing/ask.ts";

let admin: TestAdmin;
beforeEach(async () => {
  admin = await startTestAdmin();
});
afterEach(() => admin.close());

describe("a request to the endpoint", () => {
  it.each([
    ["no field", "/outbound/calls", {}, { to: "", from: "missing", route: "expected an approved route" }],
    ["a number that is not ours", "/outbound/calls", { ...CALL, from: "+12135550100" }, { from: "+19497798471" }],
    ["an alias", "/outbound/calls", { ...CALL, route: "/voice" }, { route: "expected an approved route" }],
    ["a route for texts", "/outbound/calls", { ...CALL, route: "/sms/webhook" }, { route: "approved route" }],
    [
      "a WhatsApp address",
      "/outbound/messages",
      { ...MESSAGE, to: "whatsapp:+12135550100" },
      { to: "WhatsApp is pending" },
    ],
    ["a blank text", "/outbound/messages", { ...MESSAGE, body: " " }, { body: "expected text; found none" }],
    ["a long text", "/outbound/messages", { ...MESSAGE, body: "x".repeat(1601) }, { body: "at most 1600 characters" }],
    ["fields of the other kind", "/outbound/messages", { ...MESSAGE, route: "/voice/webhook" }, { route: "unknown" }],
    ["a kind", "/outbound/calls", { ...CALL, kind: "call", to: 1 }, { kind: "unknown field", to: "" }],
    ["unknown fields", "/outbound/calls", { ...CALL, urgent: true, when: "now" }, { urgent: "fix", when: "fix" }],
  ])("with %s is refused, and each field is named", async (_what, path, body, expected) => {
    const { status, errors } = problemOf(await post(admin, path, body));
    expect(status).toBe(422);
    const problems = Object.entries(expected).map(([field, detail]) => ({
      pointer: `#/${field}`,
      detail: expect.stringContaining(detail),
    }));
    expect(errors).toHaveLength(problems.length);
    expect(errors).toEqual(expect.arrayContaining(problems));
    expect(admin.outbox.accepted).toEqual([]);
  });

  it.each(["[]", "null", '"call"', "1"])("is refused if its body is %s, not an object", async (body) => {
    expect(problemOf(await post(admin, "/outbound/calls", body)).errors).toEqual([
      { pointer: "#", detail: "expected a JSON object" },
    ]);
  });

  it.each(["", "{", "{'to': 1}", `{"to": "${OUTBOUND_TOKEN}"`])(
    "with the malformed JSON %j is refused",
    async (body) => {
      expect(problemOf(await post(admin, "/outbound/calls", body))).toMatchObject({
        status: 400,
        title: "Bad Request",
      });
    },
  );

  it("is refused if its bytes are not UTF-8", async () => {
    const body = Buffer.from(JSON.stringify(MESSAGE), "utf16le");
    expect(problemOf(await ask(admin, "/outbound/messages", { method: "POST", body })).status).toBe(400);
  });

  it.each([
    { ...CALL, to: OUTBOUND_TOKEN },
    { ...CALL, to: `${OUTBOUND_TOKEN}.` },
    { ...CALL, [OUTBOUND_TOKEN]: 1 },
    { ...CALL, route: OUTBOUND_TOKEN },
  ])("never has the token repeated: %j", async (body) => {
    // `ask` looks for it in every answer.
    expect(problemOf(await post(admin, "/outbound/calls", body)).status).toBe(422);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])(
    "must be JSON, not %j",
    async (type) => {
      expect(problemOf(await post(admin, "/outbound/calls", CALL, { "content-type": type })).status).toBe(415);
    },
  );

  it("may be JSON with a charset", async () => {
    const type = "Application/JSON; charset=utf-8";
    expect((await post(admin, "/outbound/calls", CALL, { "content-type": type })).status).toBe(202);
  });

  it.each(["", "two words", "é", "x".repeat(256)])(
    "with the key %j is refused, and the answer says what is expected",
    async (key) => {
      const { status, detail } = problemOf(await post(admin, "/outbound/calls", CALL, { "idempotency-key": key }));
      expect(status).toBe(400);
      expect(detail).toContain("Idempotency-Key: 1 to 255 visible ASCII characters");
    },
  );

  it("is refused without a key, and with two", async () => {
    const { "idempotency-key": _, ...headers } = HEADERS;
    expect((await ask(admin, "/outbound/calls", { method: "POST", headers, body: JSON.stringify(CALL) })).status).toBe(
      400,
    );
    const two = new Headers(HEADERS);
    two.append("idempotency-key", "key-2");
    expect((await ask(admin, "/outbound/calls", { method: "POST", headers: two, body: "{}" })).status).toBe(400);
    expect((await post(admin, "/outbound/calls", CALL, { "idempotency-key": "x".repeat(255) })).status).toBe(202);
  });

  it("may have a body of up to 16 KiB, with or without a content-length", async () => {
    const fitting = JSON.stringify(CALL).padEnd(16 * 1024);
    expect((await post(admin, "/outbound/calls", fitting)).status).toBe(202);
    expect(problemOf(await post(admin, "/outbound/calls", `${fitting} `)).status).toBe(413);
    const stream = new Blob([fitting, " "]).stream();
    const init: RequestInit & { duplex: "half" } = { method: "POST", body: stream, duplex: "half" };
    expect(problemOf(await ask(admin, "/outbound/calls", init)).status).toBe(413);
  });

  it("does no harm if its client breaks off", async () => {
    const head = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`);
    await sendRaw(admin, ["POST /outbound/calls HTTP/1.1", "host: localhost", ...head, "content-length: 100"], "{");
    expect((await post(admin, "/outbound/calls", CALL)).status).toBe(202);
    expect(admin.outbox.accepted).toHaveLength(1);
  });
});
