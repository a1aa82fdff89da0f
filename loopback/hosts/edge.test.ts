import { afterEach, beforeEach, expect, test } from "vitest";
import { type LoopbackCloud, startLoopbackCloud } from "../cloud.ts";
import { loopbackConfig, startOrigin, TEST_TWIML, type TestOrigin } from "../testing.ts";

const CANONICAL = "https://webhook.reri.co";
const FUNNEL = "https://srv1347501.tailb025a7.ts.net";

let origin: TestOrigin;
let cloud: LoopbackCloud;

beforeEach(async () => {
  origin = await startOrigin();
  cloud = await startLoopbackCloud({ config: loopbackConfig(origin.port) });
});

afterEach(async () => {
  await cloud.close();
  await origin.close();
});

const send = (url: string, headers = {}) => cloud.sendWebhook({ url, params: { Body: "a b&c=ü" }, headers });

function tunnel() {
  const [only] = cloud.cloudflare.state.tunnels.values();
  if (only === undefined) throw new Error("the cloud has no tunnel");
  return only;
}

test("the tunnel delivers path, query, body and headers verbatim, with the incoming host", async () => {
  const url = `${CANONICAL}/voice/webhook?x=%2f&&y=a%20b;c`;
  const sent = await send(url, { "X-Forwarded-For": "198.51.100.1", "X-Extra": "kept" });
  expect(sent).toMatchObject({ status: 200, body: TEST_TWIML, contentType: "text/xml" });
  const [received] = origin.received;
  expect(received).toMatchObject({
    method: "POST",
    target: "/voice/webhook?x=%2f&&y=a%20b;c",
    body: "Body=a+b%26c%3D%C3%BC",
    headers: {
      host: "webhook.reri.co",
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      "x-twilio-signature": sent.signature,
      "x-forwarded-proto": "https",
      "x-forwarded-for": "198.51.100.1,127.0.0.1",
      "x-extra": "kept",
      "cdn-loop": "cloudflare; loops=1",
    },
  });
  expect(received?.headers["x-forwarded-host"]).toBeUndefined();
});

test("the stored ingress decides, as it is at the moment of the request", async () => {
  expect(await send(`${CANONICAL}/other`)).toMatchObject({ status: 404 });
  expect(await send(`${CANONICAL}/a/voice`)).toMatchObject({ status: 404 });
  expect(origin.received).toHaveLength(0);
  const service = `http://localhost:${origin.port}`;
  tunnel().config = { ingress: [{ path: "/voice$", service }, { service: "http_status:418" }] };
  expect(await send(`${CANONICAL}/a/voice`)).toMatchObject({ status: 200 });
  expect(await send(`${CANONICAL}/a/%76oice`)).toMatchObject({ status: 200 });
  expect(await send(`${CANONICAL}/voice/x`)).toMatchObject({ status: 418 });
  expect(origin.received.map(({ target }) => target)).toEqual(["/a/voice", "/a/%76oice"]);
});

test("the DNS record decides which host reaches the tunnel", async () => {
  expect(await send("https://other.reri.co/voice")).toMatchObject({ status: 421 });
  const [record] = cloud.cloudflare.state.records.values();
  if (record === undefined) throw new Error("the cloud has no record");
  record.proxied = false;
  expect(await send(`${CANONICAL}/voice`)).toMatchObject({ status: 421 });
  record.proxied = true;
  record.content = "00000000-0000-0000-0000-000000000000.cfargotunnel.com";
  expect(await send(`${CANONICAL}/voice`)).toMatchObject({ status: 421 });
});

test("an unreachable origin is a 502, and so is an origin on another machine", async () => {
  await origin.close();
  expect(await send(`${CANONICAL}/voice`)).toMatchObject({ status: 502 });
  expect(await send(`${FUNNEL}/voice`)).toMatchObject({ status: 502 });
  tunnel().config = { ingress: [{ service: "http://192.0.2.1:80" }] };
  expect(await send(`${CANONICAL}/voice`)).toMatchObject({ status: 502, body: expect.stringContaining("192.0.2.1") });
  origin = await startOrigin();
});

test.each([
  ["stripped", ["/?a=%2f", "/status"]],
  ["whole", ["/voice?a=%2f", "/voice/status"]],
] as const)("the funnel delivers with the prefix %s, and names the requested host", async (prefix, targets) => {
  cloud.funnel.setPrefix(prefix);
  await send(`${FUNNEL}/voice?a=%2f`, { "X-Forwarded-Host": "forged.example", "X-Forwarded-For": "198.51.100.1" });
  await send(`${FUNNEL}/voice/status`);
  expect(origin.received.map(({ target }) => target)).toEqual(targets);
  expect(origin.received[0]?.headers).toMatchObject({
    host: "srv1347501.tailb025a7.ts.net",
    "x-forwarded-host": "srv1347501.tailb025a7.ts.net",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "127.0.0.1",
  });
  expect(await send(`${FUNNEL}/other`)).toMatchObject({ status: 404 });
});

test("a broken host fails until it is restored, and the other host works", async () => {
  cloud.edge.breakHost("webhook.reri.co");
  expect(await send(`${CANONICAL}/voice`)).toMatchObject({ status: undefined, error: expect.any(String) });
  expect(await send(`${FUNNEL}/voice`)).toMatchObject({ status: 200 });
  cloud.edge.breakHost("webhook.reri.co", 502);
  expect(await send(`${CANONICAL}/voice`)).toMatchObject({ status: 502 });
  cloud.edge.restoreHost("webhook.reri.co");
  expect(await send(`${CANONICAL}/voice`)).toMatchObject({ status: 200 });
});
