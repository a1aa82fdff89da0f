import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { PENDING_PATH } from "../../hub/testing/routes.ts";
import { manifestUrls } from "../../hub/urls/urls.ts";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { newSid } from "../storage/testing/records.ts";
import { deliveredOf, type Send, sendToApp } from "../testing/hosts.ts";
import {
  CALL,
  CREDENTIALS,
  formWebhook,
  jsonWebhook,
  PARAMETERS,
  sign,
  TOKEN,
  testManifest,
} from "../testing/manifest.ts";
import { MAX_PARAMETERS } from "../twilio/parameters.ts";
import { MAX_BODY_BYTES } from "../twilio/request.ts";
import { type App, createApp } from "./app.ts";

const manifest = testManifest();
const { canonical, funnel } = { canonical: manifest.hosts.canonical.url, funnel: manifest.hosts.funnel.url };
const VOICE = `${canonical}/voice/webhook`;

let storage: HubStorage;
let app: App;
beforeAll(async () => {
  storage = await startHubStorage();
  app = createApp({ manifest, credentials: CREDENTIALS, store: storage.store, answerDeadlineMs: 4_000 });
});
afterAll(() => storage.close());
const send: Send = (request) => sendToApp(app)(request);

/** Twilio still sends these beside `MessageSid`: https://www.twilio.com/docs/messaging/guides/webhook-request */
const { MessageSid = "", ...TEXT_WITHOUT_SID } = PARAMETERS["inbound-text"];
const FORMER_NAMES = { ...TEXT_WITHOUT_SID, SmsSid: MessageSid, SmsMessageSid: MessageSid, SmsStatus: "received" };

const refused = (status: number) => ({ status, type: undefined, allow: status === 405 ? "POST" : undefined, body: "" });

describe("the app answers", () => {
  it("a call with a Gather on the URL that verified", async () => {
    const answer = await send(formWebhook(VOICE));
    expect(answer).toMatchObject({ status: 200, type: "text/xml" });
    expect(answer.body).toContain(`action="${VOICE}?turn=1" method="POST"`);
  });

  it("a text with an empty response", async () => {
    const answer = await send(formWebhook(`${canonical}/sms/webhook`, PARAMETERS["inbound-text"]));
    expect(answer).toMatchObject({ status: 200, type: "text/xml" });
    expect(answer.body).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>');
  });

  it.each([
    ["/voice/status", PARAMETERS["call-status"]],
    ["/voice/recording-complete", PARAMETERS["recording-complete"]],
    ["/voice/transcription", PARAMETERS.transcription],
    ["/sms/status", PARAMETERS["text-status"]],
  ])("the callback %s with 204", async (path, parameters) =>
    expect(await send(formWebhook(`${canonical}${path}`, parameters))).toEqual(refused(204)),
  );

  it("every URL of the manifest, in every way it is delivered, and never with a message", async () => {
    for (const { url, deliveredAs, route } of manifestUrls(manifest)) {
      for (const target of deliveredAs) {
        const answer = await send(formWebhook(url, PARAMETERS[route.event], target));
        expect([url, target, answer.status]).toEqual([url, target, route.event.startsWith("inbound") ? 200 : 204]);
        expect(answer.body).not.toMatch(/<(Message|Sms)/);
        if (route.event === "inbound-call") expect(answer.body).toContain(`action="${url}?turn=1"`);
      }
    }
  });

  it("a stripped mount by its signature: /voice and /sms both arrive as /", async () => {
    const [call, message] = await Promise.all([
      send(formWebhook(`${funnel}/voice`, CALL, "/")),
      send(formWebhook(`${funnel}/sms`, PARAMETERS["inbound-text"], "/")),
    ]);
    expect(call.body).toContain(`action="${funnel}/voice?turn=1"`);
    expect(message.body).toContain("<Response/>");
  });

  it("a fallback's extra parameters", async () => {
    const parameters = { ...CALL, ErrorCode: "11200", ErrorUrl: VOICE };
    expect((await send(formWebhook(`${funnel}/voice`, parameters))).status).toBe(200);
  });

  it.each(["SipHeader_X-Account-Id", "SipHeader_User-to-User", "SipHeader_X-My.Header_1-"])(
    "a call with a SIP caller's header, which brings the parameter %s",
    async (name) => expect((await send(formWebhook(VOICE, { ...CALL, [name]: "42" }))).status).toBe(200),
  );

  it.each([
    ["an RCS address", { From: "rcs:+12135550100", To: "rcs:agent" }],
    ["an RCS address in another spelling", { From: "RcS:+1 (213) 555-0100" }],
    ["a short code", { From: "40404" }],
    ["a sender with a name", { From: "Aurora" }],
  ])("a text from %s", async (_what, parties) => {
    const parameters = { ...PARAMETERS["inbound-text"], ...parties, MessageSid: newSid("SM") };
    expect((await send(formWebhook(`${canonical}/sms/webhook`, parameters))).status).toBe(200);
    const stored = "select from_number from twilio_sms where message_sid = $1";
    const { rows } = await storage.pool.query(stored, [parameters.MessageSid]);
    expect(rows).toEqual([{ from_number: parties.From }]);
  });

  it("a repeat as before, whatever its idempotency token is: no header is signed", async () => {
    const CallSid = newSid("CA");
    const request = formWebhook(VOICE, { ...CALL, CallSid });
    const withToken = (token: string) => ({
      ...request,
      headers: { ...request.headers, "i-twilio-idempotency-token": token },
    });
    const first = await send(withToken("first"));
    expect(first.status).toBe(200);
    expect(await send(withToken("second"))).toEqual(first);
    expect(await storage.count(`select count(*) from omni_events where sid = '${CallSid}'`)).toBe(1);
    // Another call under the first token is not a repeat.
    const otherSid = newSid("CA");
    const other = formWebhook(VOICE, { ...CALL, CallSid: otherSid });
    expect((await send({ ...other, headers: { ...withToken("first").headers, ...other.headers } })).status).toBe(200);
    expect(await storage.count(`select count(*) from omni_events where sid = '${otherSid}'`)).toBe(1);
  });

  it("a turn of a call, whose counter is signed too", async () => {
    const request = formWebhook(`${VOICE}?turn=2`);
    expect((await send(request)).body).toContain(`action="${VOICE}?turn=3"`);
    expect(await send({ ...request, target: "/voice/webhook?turn=3" })).toEqual(refused(403));
    expect(await send({ ...request, target: "/voice/webhook" })).toEqual(refused(403));
  });

  it("a JSON body whose hash is signed", async () => {
    const request = jsonWebhook(`${canonical}/voice/status`, JSON.stringify(PARAMETERS["call-status"]));
    expect(await send(request)).toEqual(refused(204));
    expect(await send({ ...request, body: `${request.body} ` })).toEqual(refused(403));
  });
});

describe("the app refuses with 403 and an empty body", () => {
  const call = formWebhook(VOICE);
  const signedAs = (signature: string) => ({ ...call, headers: { ...call.headers, "x-twilio-signature": signature } });

  it.each([
    ["no signature", { ...call, headers: { "content-type": "application/x-www-form-urlencoded" } }],
    ["no header and no body at all", { target: "/voice/webhook", method: "POST", headers: {} }],
    ["an empty signature", signedAs("")],
    ["another signature", signedAs(sign(VOICE))],
    ["a signature of another token", signedAs(sign(VOICE, CALL, "another"))],
    ["a signature of an empty token", signedAs(sign(VOICE, CALL, ""))],
    ["two signatures", signedAs(`${sign(VOICE, CALL)}, ${sign(VOICE, CALL)}`)],
    ["a changed parameter", { ...call, body: call.body?.replace("inbound", "outbound") ?? "" }],
    ["a byte order mark, which is a part of the first name", { ...call, body: `\ufeff${call.body}` }],
    ["a replay on another path", { ...call, target: "/sms/webhook" }],
    ["a replay on another delivery", { ...call, target: "/" }],
    ["a signature over http", { ...formWebhook(VOICE.replace("https:", "http:")), target: "/voice/webhook" }],
    ["a signature of a host that is not the manifest's", formWebhook("https://evil.example/voice/webhook")],
    ["another account", formWebhook(VOICE, { ...CALL, AccountSid: "AC00000000000000000000000000000009" })],
    ["no account", formWebhook(VOICE, { CallSid: "CA1" })],
    ["an empty account", formWebhook(VOICE, { ...CALL, AccountSid: "" })],
    ["our account between blanks", formWebhook(VOICE, { ...CALL, AccountSid: ` ${CREDENTIALS.accountSid} ` })],
    ["a text with the former names of its SID alone", formWebhook(`${canonical}/sms/webhook`, FORMER_NAMES)],
    ["a query that is not the hub's", formWebhook(`${VOICE}?turn=2&x=1`)],
    ["a turn on a URL without turns", formWebhook(`${canonical}/voice/status?turn=1`)],
    ["a query into which a name was moved", formWebhook(`${VOICE}?turn=1AccountSid`)],
    ["no CallSid", formWebhook(VOICE, { ...CALL, CallSid: "" })],
    [
      "a text's SID in place of a call's",
      formWebhook(VOICE, { ...CALL, CallSid: PARAMETERS["inbound-text"].MessageSid ?? "" }),
    ],
    ["a malformed name", formWebhook(VOICE, { ...CALL, "A b": "" })],
    ["a name that begins with a hyphen", formWebhook(VOICE, { ...CALL, "-AccountSid": "" })],
    ["the name of the prototype", formWebhook(VOICE, { ...CALL, ["__proto__"]: "x" })],
    ["a JSON body without an account", jsonWebhook(VOICE, "[]")],
    ["a body that is not JSON", jsonWebhook(VOICE, "{")],
  ])("%s", async (_what, request) => expect(await send(request)).toEqual(refused(403)));

  it("our account given twice", async () => {
    const body = `${call.body}&AccountSid=${CREDENTIALS.accountSid}`;
    // A list is deduplicated before it is signed, so the signature still holds.
    expect(await send({ ...call, body })).toEqual(refused(403));
  });

  it("a border moved from the path into a name", async () => {
    const { AccountSid = "", ...others } = PARAMETERS["call-status"];
    const genuine = formWebhook(`${canonical}/voice/status`, { AccountSid, ...others });
    expect((await send(genuine)).status).toBe(204);
    const moved = new URLSearchParams({ "/statusAccountSid": AccountSid, ...others });
    expect(await send({ ...genuine, target: "/voice", body: moved.toString() })).toEqual(refused(403));
    const both = new URLSearchParams({ "/statusAccountSid": "", AccountSid, ...others });
    expect(await send({ ...genuine, target: "/voice", body: both.toString() })).toEqual(refused(403));
  });

  it("a forged Host, and does not use Host and forwarding headers at all", async () => {
    const forged = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http" };
    const elsewhere = formWebhook("https://evil.example/voice/webhook");
    expect(await send({ ...elsewhere, headers: { ...elsewhere.headers, ...forged } })).toEqual(refused(403));
    expect((await send({ ...call, headers: { ...call.headers, ...forged } })).status).toBe(200);
  });
});

describe("the app refuses what cannot be a webhook", () => {
  const call = formWebhook(VOICE);
  const typed = (type: string) => ({ ...call, headers: { ...call.headers, "content-type": type } });

  it.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])("405 for %s", async (method) => {
    expect(await send({ target: "/voice/webhook", method, headers: {} })).toEqual(refused(405));
  });

  it.each([
    "/nope",
    "/voice/",
    "/voice/webhook/",
    "/voice/webhook-evil",
    "/voice/webhooks",
    "/Voice/webhook",
    "//voice/webhook",
    PENDING_PATH,
    "/voice%2Fwebhook",
  ])("404 for %s", async (target) => expect(await send(formWebhook(`${canonical}${target}`))).toEqual(refused(404)));

  it.each(["text/plain", "multipart/form-data; boundary=x", "application/xml", ""])("415 for %j", async (type) => {
    expect(await send(typed(type))).toEqual(refused(415));
  });

  it("413 over 64 KiB", async () => {
    const rest = MAX_BODY_BYTES - (formWebhook(VOICE, { ...CALL, Body: "" }).body?.length ?? 0);
    const long = (length: number) => formWebhook(VOICE, { ...CALL, Body: "x".repeat(length) });
    expect((await send(long(rest))).status).toBe(200);
    expect(await send(long(rest + 1))).toEqual(refused(413));
  });
});

describe("the app refuses by the head alone", () => {
  const call = formWebhook(VOICE);
  const withHeaders = (headers: Record<string, string>) => ({ ...call, headers: { ...call.headers, ...headers } });

  it.each([
    [404, { ...call, target: "/nowhere" }],
    [405, { ...call, method: "PUT" }],
    [415, withHeaders({ "content-type": "text/plain" })],
    [413, withHeaders({ "content-length": String(MAX_BODY_BYTES + 1) })],
    [403, withHeaders({ "x-twilio-signature": "" })],
    [403, withHeaders({ "x-twilio-signature": "A".repeat(28) })],
    [403, withHeaders({ "x-twilio-signature": `${sign(VOICE, CALL)}, ${sign(VOICE, CALL)}` })],
  ])("%i for %j", async (status, request) => {
    const readBody = vi.fn(deliveredOf(request).readBody);
    expect((await app({ ...deliveredOf(request), readBody })).status).toBe(status);
    expect(readBody).not.toHaveBeenCalled();
  });

  it("and reads a body whose length is not declared", async () => {
    const readBody = vi.fn(deliveredOf(call).readBody);
    expect((await app({ ...deliveredOf(call), contentLength: undefined, readBody })).status).toBe(200);
    expect(readBody).toHaveBeenCalledExactlyOnceWith(MAX_BODY_BYTES);
  });
});

describe("the app judges a body before it computes a signature", () => {
  afterEach(() => vi.restoreAllMocks());
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`A${index}`, "x"]));

  it("by the number of its parameters, signed or not", async () => {
    const room = MAX_PARAMETERS - Object.keys(CALL).length;
    expect((await send(formWebhook(VOICE, { ...CALL, ...many(room) }))).status).toBe(200);
    expect(await send(formWebhook(VOICE, { ...CALL, ...many(room + 1) }))).toEqual(refused(403));
    expect(await send(formWebhook(VOICE, { ...CALL, ...many(13_000) }))).toEqual(refused(413));
  });

  it("and reads no JSON of a client that cannot sign", async () => {
    const parse = vi.spyOn(JSON, "parse");
    const request = jsonWebhook(`${canonical}/voice/status`, JSON.stringify(PARAMETERS["call-status"]));
    const headers = { ...request.headers, "x-twilio-signature": sign(VOICE) };
    expect(await send({ ...request, headers })).toEqual(refused(403));
    expect(parse).not.toHaveBeenCalled();
  });
});

describe("createApp", () => {
  afterEach(() => vi.restoreAllMocks());

  it("throws without an auth token and a signing key, and with an empty one", () => {
    const create = (tokens: string[]) =>
      createApp({
        manifest,
        credentials: { ...CREDENTIALS, authTokens: tokens.map((token) => ({ token })) },
        store: storage.store,
        answerDeadlineMs: 4_000,
      });
    expect(() => create([])).toThrow(/auth token/);
    expect(() => create(["x", ""])).toThrow(/auth token/);
    expect(create([TOKEN])).toBeTypeOf("function");
  });

  it.each([
    ["takes the previous token until its end", new Date(Date.now() + 3_600_000), 200],
    ["refuses it after that", new Date(Date.now() - 1), 403],
  ])("%s", async (_what, validUntil, status) => {
    const credentials = { ...CREDENTIALS, authTokens: [{ token: "new" }, { token: TOKEN, validUntil }] };
    const promoted = createApp({ manifest, credentials, store: storage.store, answerDeadlineMs: 4_000 });
    expect((await sendToApp(promoted)(formWebhook(VOICE))).status).toBe(status);
  });

  it("answers 503 with an empty body if a webhook cannot be kept", async () => {
    const keep = () => Promise.reject(new Error("neither"));
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const lossy = createApp({ manifest, credentials: CREDENTIALS, store: { keep }, answerDeadlineMs: 4_000 });
    expect(await sendToApp(lossy)(formWebhook(VOICE))).toEqual(refused(503));
  });

  it("answers 500 with an empty body to an unexpected error, and logs one line without the text that the error quotes", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const delivered = new Proxy(deliveredOf(formWebhook(VOICE)), {
      get: (from, name) => (name === "contentType" ? fail("a secret") : Reflect.get(from, name)),
    });
    expect(await app(delivered)).toEqual({ status: 500, body: "" });
    expect(write).toHaveBeenCalledOnce();
    const line = String(write.mock.calls[0]?.[0]);
    expect(JSON.parse(line)).toMatchObject({ level: "error", msg: "uncaught error", error: "Error" });
    expect(line).not.toContain("secret");
  });
});

function fail(message: string): never {
  throw new Error(message);
}
