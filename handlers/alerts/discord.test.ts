import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Discord, startDiscord } from "../../loopback/discord.ts";
import { type EndpointAnswer, startEndpoint, type TestEndpoint } from "../testing/endpoint.ts";
import { MAX_CONTENT_LENGTH, sendAlert } from "./discord.ts";

const WEBHOOK = { id: "1", token: "token-of-the-tests" };

let endpoint: TestEndpoint;
let discord: Discord;
beforeAll(async () => {
  [endpoint, discord] = await Promise.all([startEndpoint(), startDiscord(WEBHOOK)]);
});
afterAll(() => Promise.all([endpoint.close(), discord.close()]));
beforeEach(() => {
  endpoint.received.length = 0;
});

function send(answer: EndpointAnswer, timeoutMs = 30_000) {
  endpoint.answer = () => answer;
  return sendAlert({ webhookUrl: `${endpoint.url}/api/webhooks/1/secret`, timeoutMs }, "ten failed");
}

it("mentions nobody", async () => {
  expect(await send({ status: 204 })).toEqual({ kind: "sent" });
  const [request] = endpoint.received;
  expect(request).toMatchObject({ method: "POST", target: "/api/webhooks/1/secret" });
  expect(JSON.parse(request?.body ?? "")).toEqual({ content: "ten failed", allowed_mentions: { parse: [] } });
});

it("cuts an alert that is longer than Discord takes, never through a character", async () => {
  const outcome = await sendAlert(discord, `${"x".repeat(MAX_CONTENT_LENGTH - 1)}🙂`);
  expect(outcome).toEqual({ kind: "sent" });
  expect(discord.state.messages.at(-1)?.content).toMatch(/^x{1999}\ufffd?$/);
});

it.each([
  [{ status: 429, body: '{"retry_after":0.65,"global":false}', headers: { "retry-after": "1" } }, 650],
  [{ status: 429, headers: { "retry-after": "7" } }, 7_000],
  [{ status: 429, body: "<html>" }, 5_000],
  [{ status: 429, body: '{"retry_after":-1}' }, 5_000],
  [{ status: 429, body: '{"retry_after":999999}' }, 3_600_000],
] as const)("waits after %j for %i ms", async (answer, afterMs) => {
  expect(await send(answer)).toEqual({ kind: "limited", afterMs });
});

it.each([
  [{ status: 404 }, /^HTTP 404$/],
  [{ status: 500, body: "x" }, /^HTTP 500$/],
  [{ status: 307, headers: { location: "/elsewhere" } }, /^HTTP 307$/],
  ["cut", /^no answer \(/],
  ["silence", /^no answer in time$/],
] as const)("fails after %j with a reason that holds no secret", async (answer, reason) => {
  expect(await send(answer, 300)).toEqual({ kind: "failed", reason: expect.stringMatching(reason) });
  expect(endpoint.received).toHaveLength(1);
});

it("fails for an invalid URL, without naming it", async () => {
  expect(await sendAlert({ webhookUrl: "no URL: secret" }, "x")).toEqual({
    kind: "failed",
    reason: expect.not.stringContaining("secret"),
  });
});
