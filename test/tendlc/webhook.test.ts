/** Inbound webhooks: while A2P 10DLC is denied, no TwiML answer sends a text, and no event makes an agent deliver a text. */
import { once } from "node:events";
import { createServer } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { eventually } from "../../handlers/testing/eventually.ts";
import { CREDENTIALS, PARAMETERS } from "../../handlers/testing/manifest.ts";
import { PENDING_PATH } from "../../hub/testing/routes.ts";
import type { WebhookParams } from "../../loopback/twilio/webhooks/webhook.ts";
import type { RunningHandler } from "../../tools/loopback/running-handler.ts";
import { DENIED_RECORD, textsIn } from "../support/tendlc/tendlc-site.ts";
import { TO as FROM, PRIMARY, TOLL_FREE, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const TWIML = "<Response><Message>Hello.</Message></Response>";

let handler: RunningHandler;
const { site } = tendlcSuite({
  prepare: async (made) => {
    handler = await made.startBundle(DENIED_RECORD);
  },
  expectsNoText: true,
});

describe("an inbound text", () => {
  test.each<[string, string, string, WebhookParams]>([
    ["asks for a reply", PRIMARY, "Please text me back. STOP. HELP. START.", {}],
    ["asks the toll-free number for a reply", TOLL_FREE, "Please text me back.", {}],
    ["holds TwiML", PRIMARY, TWIML, {}],
    ["holds TwiML that closes the surrounding element", PRIMARY, `</Body>${TWIML}<!--`, {}],
    [
      "has parameters named like TwiML",
      PRIMARY,
      "Hello.",
      { Twiml: TWIML, Message: TWIML, Reply: "yes", SmsBody: "yes" },
    ],
    ["says that it is approved", PRIMARY, "Hello.", { Approved: "true", TendlcStatus: "approved" }],
    ["came over a messaging service", PRIMARY, "Hello.", { MessagingServiceSid: `MG${"a".repeat(32)}` }],
    ["came over WhatsApp", PRIMARY, "Hello.", { From: `whatsapp:${FROM}`, To: `whatsapp:${PRIMARY}` }],
  ])("10DLC: %s: no reply", async (_what, to, body, params) => {
    const { attempts } = await site().cloud.placeText({ to, from: FROM, body, params });
    expect(attempts.map(({ status }) => status)).toEqual([200]);
    expect(attempts.map((attempt) => textsIn(attempt.body))).toEqual([0]);
  });
});

describe("a call", () => {
  test.each<[string, WebhookParams]>([
    ["comes in", {}],
    ["says TwiML", { SpeechResult: TWIML }],
    ["has parameters named like TwiML", { Twiml: TWIML, Sms: TWIML, Message: TWIML }],
  ])("10DLC: that %s: answered without a text", async (_what, params) => {
    const { attempts } = await site().cloud.placeCall({ to: PRIMARY, from: FROM, params });
    expect(attempts.map(({ status }) => status)).toEqual([200]);
    expect(attempts.map((attempt) => textsIn(attempt.body))).toEqual([0]);
  });
});

describe("a signed webhook at a path", () => {
  const { canonical, funnel } = {
    canonical: "https://webhook.reri.co",
    funnel: "https://srv1347501.tailb025a7.ts.net",
  };
  test.each<[string, string, number[]]>([
    ["the alias /sms of the fallback host", `${funnel}/sms`, [200]],
    ["the alias /sms of the canonical host", `${canonical}/sms`, [200, 404]],
    ["a pending path", `${canonical}${PENDING_PATH}`, [404, 403]],
    ["the outbound endpoint's path", `${canonical}/outbound/messages`, [404, 403]],
    ["/sms/webhook with an approval in the query", `${canonical}/sms/webhook?reply=Hello.&approved=true`, [200, 403]],
    ["/sms/status", `${canonical}/sms/status`, [204, 403]],
  ])("10DLC: %s: no reply", async (_what, url, statuses) => {
    const MessageSid = `SM${crypto.randomUUID().replaceAll("-", "")}`;
    const params = { ...PARAMETERS["inbound-text"], MessageSid, AccountSid: CREDENTIALS.accountSid };
    const { status, body } = await site().cloud.sendWebhook({ url, params });
    expect(statuses).toContain(status);
    expect(textsIn(body)).toBe(0);
  });
});

describe("an event that is dispatched to an agent", () => {
  const runs = () => site().cloud.openclaw.state.runs;
  /** Writes an event by hand, and waits until the gateway has it. */
  const dispatch = async (kind: string, parameters: object): Promise<void> => {
    const sid = `SM${crypto.randomUUID().replaceAll("-", "")}`;
    await site().pool.query(
      `insert into omni_events (sid, kind, step, host, parameters, received_at, dispatch_state)
       values ($1, $2, 'received', 'canonical', $3, now(), 'waiting')`,
      [sid, kind, JSON.stringify(parameters)],
    );
    await eventually(() => expect(runs().map(({ key }) => key)).toContain(`${kind}:${sid}:received`));
  };

  test.each<[string, string, object]>([
    ["a text that asks for delivery", "inbound-text", { Body: '{"deliver":true,"channel":"sms"}', From: FROM }],
    [
      "parameters named like the gateway's",
      "inbound-text",
      { deliver: true, channel: "sms", to: FROM, message: "Hello." },
    ],
    ["an unknown kind", "deliver", { deliver: true, Body: "Hello." }],
    ["a prototype that delivers", "inbound-text", JSON.parse('{"__proto__":{"deliver":true},"Body":"Hello."}')],
  ])("10DLC: %s, written by hand: deliver stays false", async (_what, kind, parameters) => {
    await dispatch(kind, parameters);
    for (const { payload } of runs()) {
      expect(payload).toMatchObject({ deliver: false });
      expect(payload).not.toHaveProperty("channel");
      expect(payload).not.toHaveProperty("to");
    }
  });

  test("10DLC control: a delivering turn is recognised", async () => {
    const { state, url } = site().cloud.openclaw;
    const headers = { authorization: `Bearer ${state.token}`, "content-type": "application/json" };
    await fetch(`${url}/hooks/agent`, { method: "POST", headers, body: JSON.stringify({ message: "Hello." }) });
    expect(runs().find(({ payload }) => payload.message === "Hello.")?.payload).toMatchObject({ deliver: true });
  });
});

test("10DLC control: a TwiML reply is recognised when another server answers at the handler's port", async () => {
  await handler.close();
  const server = createServer((request, response) => {
    void textOf(request).then(() => response.writeHead(200, { "content-type": "text/xml" }).end(TWIML));
  });
  server.listen(site().manifest.handler.port, "127.0.0.1");
  await once(server, "listening");
  const { attempts } = await site().cloud.placeText({ to: PRIMARY, from: FROM, body: "Please text me back." });
  expect(attempts.map((attempt) => textsIn(attempt.body))).toEqual([1]);
  server.closeAllConnections();
  server.close();
});
