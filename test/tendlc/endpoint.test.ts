/** The outbound endpoint of the production bundle: no request makes a text leave while A2P 10DLC is denied. */
import { describe, expect, test } from "vitest";
import { VERIFIED_RECORD } from "../../handlers/outbound/gate/test-approvals.ts";
import { sendToServer } from "../../handlers/testing/hosts.ts";
import { PENDING_PATH } from "../../hub/testing/routes.ts";
import type { RunningHandler } from "../../tools/loopback/running-handler.ts";
import { DENIED_RECORD, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { PRIMARY, TO, TOLL_FREE, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const SERVICE = `MG${"a".repeat(32)}`;
const TEXT = { to: TO, from: PRIMARY, body: "Hello." };
const CALL = { to: TO, from: PRIMARY, route: "/voice/webhook" };
const MESSAGES = "/outbound/messages";
const CALLS = "/outbound/calls";

let handler: RunningHandler;
let keys = 0;
// The gate file is open, but it must open nothing on its own.
const { site, texts } = tendlcSuite({
  prepare: async (made) => {
    handler = await made.startBundle(DENIED_RECORD);
  },
  expectsNoText: true,
});

/** Differences from a request of the endpoint's client. */
interface Ask {
  readonly port?: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request. No client normalises its target, and a body that is a text is sent as it is. */
async function ask(target: string, body: unknown, { port, method = "POST", headers }: Ask = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  keys += 1;
  const usual = {
    authorization: `Bearer ${site().token}`,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(text)),
    "idempotency-key": `key-${keys}`,
  };
  const to = port ?? site().manifest.handler.adminPort;
  const answer = await sendToServer(to)({ target, method, headers: { ...usual, ...headers }, body: text });
  const id = /"id":"([0-9a-f-]{36})"/.exec(answer.body)?.[1];
  return { ...answer, id };
}

async function blocked(id: string | undefined): Promise<void> {
  const outcome = await site().outcome(id ?? "");
  expect(outcome).toMatchObject({ state: "blocked", reason: expect.stringContaining("the manifest does not approve") });
}

describe("an accepted request is blocked when its turn comes", () => {
  test.each<[string, string, unknown, Ask]>([
    ["from the primary number", MESSAGES, TEXT, {}],
    ["from the toll-free number", MESSAGES, { ...TEXT, from: TOLL_FREE }, {}],
    ["from one number to the other", MESSAGES, { ...TEXT, to: TOLL_FREE }, {}],
    ["with an approval in the query", `${MESSAGES}?approved=true&force=1&gate=open`, TEXT, {}],
    ["with an approval in the headers", MESSAGES, TEXT, { headers: { "x-approved": "true", "x-gate": "open" } }],
    [
      "with JSON keys given twice",
      MESSAGES,
      '{"to":"+12135550100","from":"RERI","from":"+19497798471","body":"a","body":"b"}',
      {},
    ],
    ["with an approval in the text's body", MESSAGES, { ...TEXT, body: '{"approved":true,"gate":{"open":true}}' }, {}],
  ])("10DLC: %s: blocked", async (_what, target, body, options) => {
    const { status, id } = await ask(target, body, options);
    expect(status).toBe(202);
    await blocked(id);
  });

  test("10DLC: the same request, sent three times by the client: one row, blocked", async () => {
    for (const _again of [1, 2, 3]) {
      const { id } = await site().client.sendMessage(TEXT, "one-key");
      await blocked(id);
      expect(await site().client.status("message", id)).toMatchObject({ state: "blocked", sid: null, attempts: 0 });
    }
    expect(await site().count("select count(*) from twilio_outbound")).toBe(1);
  });
});

describe("a refused request leaves nothing in the queue", () => {
  test.each<[string, string, unknown]>([
    ["to a whatsapp: address", MESSAGES, { ...TEXT, to: `whatsapp:${TO}` }],
    ["to a WhatsApp: address in mixed case, between blanks", MESSAGES, { ...TEXT, to: ` WhatsApp:${TO} ` }],
    ["to a percent-encoded whatsapp: address", MESSAGES, { ...TEXT, to: `whatsapp%3A${TO}` }],
    ["from a whatsapp: address", MESSAGES, { ...TEXT, from: `whatsapp:${PRIMARY}` }],
    ["to a messenger: address", MESSAGES, { ...TEXT, to: "messenger:1234567890" }],
    ["to two numbers", MESSAGES, { ...TEXT, to: [TO, "+12135550101"] }],
    ["to two numbers in one text", MESSAGES, { ...TEXT, to: `${TO},+12135550101` }],
    ["from a messaging service", MESSAGES, { ...TEXT, from: SERVICE }],
    ["from an alphanumeric sender", MESSAGES, { ...TEXT, from: "RERI" }],
    ["from a short code", MESSAGES, { ...TEXT, from: "72345" }],
    ["from somebody else's number", MESSAGES, { ...TEXT, from: "+13105550142" }],
    ["with a messaging service as well", MESSAGES, { ...TEXT, messagingServiceSid: SERVICE }],
    ["with Twilio's own parameter names", MESSAGES, { To: TO, From: PRIMARY, Body: "Hello." }],
    ["with media", MESSAGES, { ...TEXT, mediaUrl: "https://elsewhere.example/a.png" }],
    ["with approved: true", MESSAGES, { ...TEXT, approved: true }],
    ["with force: true", MESSAGES, { ...TEXT, force: true }],
    ["with a state", MESSAGES, { ...TEXT, state: "sending" }],
    ["in a list", MESSAGES, [TEXT]],
    ["as a call of kind message", CALLS, { ...CALL, kind: "message", body: "Hello." }],
    ["as a call with a body", CALLS, { ...CALL, body: "Hello." }],
    ["as a text at the path for calls", CALLS, TEXT],
    [
      "as a call whose prototype is a text",
      CALLS,
      `{"to":"${TO}","from":"${PRIMARY}","__proto__":{"kind":"message"},"body":"a"}`,
    ],
    ["as a call that gets the TwiML of /sms/webhook", CALLS, { ...CALL, route: "/sms/webhook" }],
    ["as a call on the alias /sms", CALLS, { ...CALL, route: "/sms" }],
    ["as a call on the alias /voice", CALLS, { ...CALL, route: "/voice" }],
    ["as a call on a pending path", CALLS, { ...CALL, route: PENDING_PATH }],
    ["as a call on a path with ..", CALLS, { ...CALL, route: "/voice/webhook/../../sms/webhook" }],
    ["as a call on a TwiML bin", CALLS, { ...CALL, route: `https://handler.twilio.com/twiml/EH${"a".repeat(32)}` }],
    ["as a call with its own TwiML", CALLS, { ...CALL, twiml: "<Response><Sms>Hello.</Sms></Response>" }],
    ["as a call with a parameter in its number", CALLS, { ...CALL, to: `${TO}&Body=Hello.` }],
    ["as a call with a line break in its number", CALLS, { ...CALL, to: `${TO}\r\nBody: Hello.` }],
    ["as a call to a SIP address", CALLS, { ...CALL, to: "sip:sms@elsewhere.example" }],
  ])("10DLC: %s: refused", async (_what, target, body) => {
    const { status } = await ask(target, body);
    expect(status).toBe(422);
    expect(await site().count("select count(*) from twilio_outbound")).toBe(0);
  });

  test("10DLC: a call's key, used again for a text: refused, and the call stays a call", async () => {
    const headers = { "idempotency-key": "key-of-a-call" };
    const { id } = await ask(CALLS, CALL, { headers });
    expect(await ask(MESSAGES, TEXT, { headers })).toMatchObject({ status: 422 });
    expect(await site().outcome(id ?? "")).toMatchObject({ state: "sent" });
    expect(site().cloud.twilio.creates.map(({ path }) => path)).toContain("Calls");
  });

  test.each<[string, string, Ask]>([
    ["PUT", MESSAGES, { method: "PUT" }],
    ["PATCH", MESSAGES, { method: "PATCH" }],
    ["DELETE", MESSAGES, { method: "DELETE" }],
    ["GET with a body", MESSAGES, { method: "GET" }],
    [
      "a method and a path in headers",
      "/healthz",
      { headers: { "x-http-method-override": "POST", "x-original-url": MESSAGES } },
    ],
    ["two slashes before it", "//outbound/messages", {}],
    ["a slash after it", "/outbound/messages/", {}],
    ["an encoded letter", "/outbound/%6dessages", {}],
    ["an encoded slash", "/outbound%2fmessages", {}],
    ["capitals", "/outbound/Messages", {}],
    ["a way up", "/outbound/calls/../messages", {}],
    ["an extension", "/outbound/messages.json", {}],
    ["Twilio's own path", "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json", {}],
    ["an absolute target", `http://127.0.0.1${MESSAGES}`, {}],
    ["another token", MESSAGES, { headers: { authorization: `Bearer ${"a".repeat(64)}` } }],
    ["a form", MESSAGES, { headers: { "content-type": "application/x-www-form-urlencoded" } }],
    ["a web page's origin", MESSAGES, { headers: { origin: "http://127.0.0.1" } }],
    ["another host", MESSAGES, { headers: { host: "webhook.reri.co" } }],
  ])("10DLC: with %s (%s): refused", async (_what, target, options) => {
    const { status } = await ask(target, TEXT, options);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(await site().count("select count(*) from twilio_outbound")).toBe(0);
  });

  test("10DLC: at the port for webhooks: refused", async () => {
    const { status } = await ask(MESSAGES, TEXT, { port: site().manifest.handler.port });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(await site().count("select count(*) from twilio_outbound")).toBe(0);
  });
});

test("10DLC control: the same text leaves, exactly once, if everything is approved", async () => {
  await handler.close();
  await site().startHub({ tollfree: VERIFIED_RECORD });
  for (const from of [PRIMARY, TOLL_FREE]) {
    const { id } = await ask(MESSAGES, { ...TEXT, from });
    expect(await site().outcome(id ?? "")).toMatchObject({ state: "sent" });
    expect(texts()).toEqual(ONE_TEXT);
    await site().clear();
  }
});
