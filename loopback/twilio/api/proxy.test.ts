import { request } from "node:http";
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addRecording } from "../recordings.ts";
import { OWN_SID, testApi } from "../testing/account.ts";
import { withSdk as runWithSdk } from "../testing/sdk.ts";
import { TWILIO_HOSTS, type TwilioApi } from "./api.ts";
import { startTwilioProxy, type TwilioProxy } from "./proxy.ts";

let api: TwilioApi;
let proxy: TwilioProxy;

beforeEach(async () => {
  api = testApi();
  proxy = await startTwilioProxy(api);
});

afterEach(() => proxy.close());

/** Runs a script with Twilio's SDK as `client`. */
const withSdk = (script: string) => runWithSdk(api, proxy, script);

test("Twilio's SDK lists, reads, changes and releases numbers through the proxy", async () => {
  const result = await withSdk(`
    const numbers = await client.incomingPhoneNumbers.list();
    const number = client.incomingPhoneNumbers(numbers[0].sid);
    const updated = await number.update({ voiceUrl: "https://a.example/voice", smsMethod: "GET" });
    const fetched = await number.fetch();
    const removed = await number.remove();
    const error = await number.fetch().catch(({ status, code }) => ({ status, code }));
    return { sids: numbers.map(({ sid }) => sid), same: updated.voiceUrl === fetched.voiceUrl, removed, error };`);
  expect(result).toEqual({ sids: [OWN_SID], same: true, removed: true, error: { status: 404, code: 20404 } });
  expect(api.state.released).toEqual([OWN_SID]);
});

test("Twilio's SDK reads lists page by page, and reaches both hosts through one proxy", async () => {
  const result = await withSdk(`
    const message = { to: "+13105550100", from: "+19497798471", body: "hi" };
    const sids = [];
    for (let i = 0; i < 3; i += 1) sids.unshift((await client.messages.create(message)).sid);
    const call = await client.calls.create({ to: "+13105550100", from: "+19497798471", url: "https://a.example/v" });
    const service = await client.messaging.v1.services.create({ friendlyName: "osil" });
    const campaign = await client.messaging.v1.services(service.sid).usAppToPerson.create({
      brandRegistrationSid: "BN1", description: "d", messageFlow: "f", messageSamples: ["a", "b"],
      usAppToPersonUsecase: "MIXED", hasEmbeddedLinks: false, hasEmbeddedPhone: false });
    const listed = (await client.messages.list({ pageSize: 2 })).map(({ sid }) => sid);
    const dates = [(await client.calls(call.sid).fetch()).dateCreated, campaign.dateCreated];
    return { sids, listed, dates: dates.map((date) => Number.isNaN(Date.parse(date))), campaign: campaign.sid };`);
  expect(result).toMatchObject({
    listed: api.state.messages.map(({ resource }) => resource.sid).reverse(),
    dates: [false, false],
    campaign: api.state.campaigns[0]?.sid,
  });
});

test("Twilio's SDK lists, reads and removes recordings", async () => {
  const { resource } = addRecording(api.state, { callSid: "CA1", seconds: 3, source: "RecordVerb" });
  const result = await withSdk(`
    const [first] = await client.recordings.list({ callSid: "CA1" });
    const { mediaUrl, duration, startTime } = await client.recordings(first.sid).fetch();
    return { mediaUrl, duration, isDate: !Number.isNaN(Date.parse(startTime)), removed: await client.recordings(first.sid).remove() };`);
  expect(result).toEqual({ mediaUrl: resource.media_url, duration: "3", isDate: true, removed: true });
  expect(api.state.recordings.size).toBe(0);
});

test("Twilio's SDK retries a 429 if it is configured to, and reads an error in Twilio's shape", async () => {
  api.faults.fail({ status: 429, count: 1 });
  const script = (options: string) => `
    const other = twilio(process.env.SID, process.env.TOKEN, ${options});
    return other.incomingPhoneNumbers.list().then((numbers) => numbers.length, ({ status, code }) => ({ status, code }));`;
  expect(await withSdk(script("{ autoRetry: true, maxRetries: 1 }"))).toBe(1);
  api.faults.fail({ status: 401 });
  expect(await withSdk(script("{}"))).toEqual({ status: 401, code: 20003 });
});

test("a connection is cut before or after the request is carried out, and the next request is answered", async () => {
  api.faults.fail({ drop: true, method: "POST" });
  api.faults.fail({ drop: true, processed: true, method: "POST", delayMs: 1 });
  api.faults.fail({ status: 503, delayMs: 1, method: "POST" });
  const result = await withSdk(`
    const call = { to: "+13105550100", from: "+19497798471", url: "https://a.example/v" };
    const outcomes = [];
    for (let i = 0; i < 4; i += 1)
      outcomes.push(await client.calls.create(call).then(() => "created", ({ status, code }) => status ?? code));
    return outcomes;`);
  expect(result).toEqual(["ECONNRESET", "ECONNRESET", 503, "created"]);
  expect(api.creates.map(({ outcome }) => outcome)).toEqual([0, 0, 503, 201]);
  expect(api.state.calls).toHaveLength(2);
});

test("the certificate is valid for every host under its own authority only", async () => {
  for (const servername of TWILIO_HOSTS) {
    expect(await handshake(servername, proxy.ca)).toBe("authorized");
    expect(await handshake(servername, undefined)).not.toBe("authorized");
  }
  const response = await fetch(`${proxy.url}/ca.pem`);
  expect(await response.text()).toBe(proxy.ca);
});

test.each(["api.example.com:443", "api.twilio.com:80", "127.0.0.1:22", "api.twilio.com.evil.example:443"])(
  "a tunnel to %s is refused with the reason",
  async (target) => {
    const answer = await plainConnect(target);
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden/);
    expect(answer).toContain(
      `api.twilio.com and messaging.twilio.com and webhooks.twilio.com on port 443 only, not ${target}`,
    );
  },
);

test("a plain request is not forwarded", async () => {
  const response = await fetch(`${proxy.url}/anything`);
  expect(response.status).toBe(403);
});

test("closing ends open tunnels and frees the port", async () => {
  const socket = createConnection(proxy.port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => socket.destroy());
  socket.write("CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n");
  await new Promise((resolve) => socket.once("data", resolve));
  await proxy.close();
  await closed;
  proxy = await startTwilioProxy(api, proxy.port);
});

function handshake(servername: string, ca: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const opening = request({ host: "127.0.0.1", port: proxy.port, method: "CONNECT", path: `${servername}:443` });
    opening.on("error", reject);
    opening.on("connect", (_response, socket) => {
      const tls = connectTls({ socket, servername, ...(ca !== undefined && { ca }) }, () => {
        resolve(tls.authorized ? "authorized" : "not authorized");
        tls.destroy();
      });
      tls.on("error", (error) => resolve(error.message));
    });
    opening.end();
  });
}

async function plainConnect(target: string): Promise<string> {
  const socket = createConnection(proxy.port, "127.0.0.1");
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  return text(socket);
}
