import { afterEach, describe, expect, it, vi } from "vitest";
import { manifestUrls } from "../hub/urls.ts";
import { createApp } from "./app.ts";
import { MAX_BODY_BYTES } from "./delivered.ts";
import { sendToApp } from "./test-hosts.ts";
import { CALL, CREDENTIALS, formWebhook, jsonWebhook, sign, testManifest } from "./test-manifest.ts";

const manifest = testManifest();
const { canonical, funnel } = { canonical: manifest.hosts.canonical.url, funnel: manifest.hosts.funnel.url };
const VOICE = `${canonical}/voice/webhook`;
const app = createApp({ manifest, credentials: CREDENTIALS });
const send = sendToApp(app);

const refused = (status: number) => ({ status, type: undefined, allow: status === 405 ? "POST" : undefined, body: "" });

describe("the app answers", () => {
  it("a call with a Gather on the URL that verified", async () => {
    const answer = await send(formWebhook(VOICE));
    expect(answer).toMatchObject({ status: 200, type: "text/xml" });
    expect(answer.body).toContain(`action="${VOICE}" method="POST"`);
  });

  it("a text with an empty response", async () => {
    const answer = await send(formWebhook(`${canonical}/sms/webhook`));
    expect(answer).toMatchObject({ status: 200, type: "text/xml" });
    expect(answer.body).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>');
  });

  it.each(["/voice/status", "/voice/recording-complete", "/voice/transcription", "/sms/status"])(
    "the callback %s with 204",
    async (path) => expect(await send(formWebhook(`${canonical}${path}`))).toEqual(refused(204)),
  );

  it("every URL of the manifest, in every way it is delivered, and never with a message", async () => {
    for (const { url, deliveredAs, route } of manifestUrls(manifest)) {
      for (const target of deliveredAs) {
        const answer = await send(formWebhook(url, CALL, target));
        expect([url, target, answer.status]).toEqual([url, target, route.event.startsWith("inbound") ? 200 : 204]);
        expect(answer.body).not.toContain("<Message");
        if (route.event === "inbound-call") expect(answer.body).toContain(`action="${url}"`);
      }
    }
  });

  it("a stripped mount by its signature: /voice and /sms both arrive as /", async () => {
    const [call, message] = await Promise.all([
      send(formWebhook(`${funnel}/voice`, CALL, "/")),
      send(formWebhook(`${funnel}/sms`, CALL, "/")),
    ]);
    expect(call.body).toContain(`action="${funnel}/voice"`);
    expect(message.body).toContain("<Response/>");
  });

  it("a fallback's extra parameters", async () => {
    const parameters = { ...CALL, ErrorCode: "11200", ErrorUrl: VOICE };
    expect((await send(formWebhook(`${funnel}/voice`, parameters))).status).toBe(200);
  });

  it("a URL with a query, which is signed too", async () => {
    const request = formWebhook(`${VOICE}?turn=2&x=%27`);
    expect((await send(request)).status).toBe(200);
    expect(await send({ ...request, target: "/voice/webhook?turn=3&x=%27" })).toEqual(refused(403));
    expect(await send({ ...request, target: "/voice/webhook" })).toEqual(refused(403));
  });

  it("the target of the request's URL, where the host hands over no other", async () => {
    const { target, ...init } = formWebhook(`${VOICE}?turn=2`);
    expect((await app.request(target, init)).status).toBe(200);
    expect((await app.request(target, init, {})).status).toBe(200);
  });

  it("a JSON body whose hash is signed", async () => {
    const request = jsonWebhook(`${canonical}/voice/status`, JSON.stringify(CALL));
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
    ["a malformed name", formWebhook(VOICE, { ...CALL, "A-b": "" })],
    ["a prototype's name", formWebhook(VOICE, { ...CALL, ["__proto__"]: "x" })],
    ["a JSON body without an account", jsonWebhook(VOICE, "[]")],
    ["a JSON body that is none", jsonWebhook(VOICE, "{")],
  ])("%s", async (_what, request) => expect(await send(request)).toEqual(refused(403)));

  it("our account twice", async () => {
    const body = `${call.body}&AccountSid=${CREDENTIALS.accountSid}`;
    // A list is deduplicated before it is signed, so the signature still holds.
    expect(await send({ ...call, body })).toEqual(refused(403));
  });

  it("a border moved from the path into a name", async () => {
    const { AccountSid, ...others } = { AccountSid: CREDENTIALS.accountSid, CallSid: "CA1" };
    const genuine = formWebhook(`${canonical}/voice/status`, { AccountSid, ...others });
    expect((await send(genuine)).status).toBe(204);
    const moved = new URLSearchParams({ "/statusAccountSid": AccountSid, ...others });
    expect(await send({ ...genuine, target: "/voice", body: moved.toString() })).toEqual(refused(403));
    const both = new URLSearchParams({ "/statusAccountSid": "", AccountSid, ...others });
    expect(await send({ ...genuine, target: "/voice", body: both.toString() })).toEqual(refused(403));
  });

  it("any Host and forwarding headers, which have no say", async () => {
    const forged = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http" };
    const elsewhere = formWebhook("https://evil.example/voice/webhook");
    expect(await send({ ...elsewhere, headers: { ...elsewhere.headers, ...forged } })).toEqual(refused(403));
    expect((await send({ ...call, headers: { ...call.headers, ...forged } })).status).toBe(200);
  });
});

describe("the app refuses what no webhook looks like", () => {
  const call = formWebhook(VOICE);
  const typed = (type: string) => ({ ...call, headers: { ...call.headers, "content-type": type } });

  it.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])("405 for %s", async (method) => {
    expect(await send({ target: "/voice/webhook", method, headers: {} })).toEqual(refused(405));
  });

  it.each([
    "/nope",
    "/voice/",
    "/voice/webhook/",
    "/Voice/webhook",
    "//voice/webhook",
    "/whatsapp/webhook",
    "/voice%2Fwebhook",
  ])("404 for %s", async (target) => expect(await send(formWebhook(`${canonical}${target}`))).toEqual(refused(404)));

  it.each(["text/plain", "multipart/form-data; boundary=x", "application/xml", ""])("415 for %j", async (type) => {
    expect(await send(typed(type))).toEqual(refused(415));
  });

  it("413 over 64 KiB, announced or not", async () => {
    const rest = MAX_BODY_BYTES - (formWebhook(VOICE, { ...CALL, Body: "" }).body?.length ?? 0);
    const long = (length: number) => formWebhook(VOICE, { ...CALL, Body: "x".repeat(length) });
    const announced = (request: typeof call) => ({
      ...request,
      headers: { ...request.headers, "content-length": String(request.body?.length) },
    });
    expect((await send(long(rest))).status).toBe(200);
    expect((await send(announced(long(rest)))).status).toBe(200);
    expect(await send(long(rest + 1))).toEqual(refused(413));
    expect(await send(announced(long(rest + 1)))).toEqual(refused(413));
  });
});

describe("createApp", () => {
  afterEach(() => vi.restoreAllMocks());

  it("throws without an auth token", () => {
    const { accountSid } = CREDENTIALS;
    expect(() => createApp({ manifest, credentials: { accountSid, authTokens: [] } })).toThrow(/auth token/);
    expect(() => createApp({ manifest, credentials: { accountSid, authTokens: ["x", ""] } })).toThrow(/auth token/);
  });

  it("answers 500 with an empty body to an unexpected error, and logs one line without what the error quotes", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const broken = createApp({ manifest: { ...manifest, routes: failing("a secret") }, credentials: CREDENTIALS });
    expect(await sendToApp(broken)(formWebhook(VOICE))).toEqual(refused(500));
    expect(write).toHaveBeenCalledOnce();
    const line = String(write.mock.calls[0]?.[0]);
    expect(JSON.parse(line)).toMatchObject({ level: "error", msg: "uncaught error", error: "Error" });
    expect(line).not.toContain("secret");
  });
});

/** Routes that cannot be read. */
function failing(message: string): typeof manifest.routes {
  return new Proxy(manifest.routes, {
    get: () => {
      throw new Error(message);
    },
  });
}
