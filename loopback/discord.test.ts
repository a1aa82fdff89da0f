import { afterEach, beforeEach, expect, test } from "vitest";
import { type Discord, startDiscord } from "./discord.ts";

const WEBHOOK = { id: "1234567890123456789", token: "made-up-token" };

let discord: Discord;

beforeEach(async () => {
  discord = await startDiscord(WEBHOOK);
});

afterEach(() => discord.close());

async function post(body: unknown, url = discord.webhookUrl): Promise<{ status: number; json: unknown }> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: text });
  const answer = await response.text();
  return { status: response.status, json: answer === "" ? undefined : JSON.parse(answer) };
}

test("a message with content or an embed is accepted and stored", async () => {
  const messages = [{ content: "x".repeat(2000), username: "hub" }, { embeds: [{ title: "alert" }] }];
  for (const message of messages) expect(await post(message)).toEqual({ status: 204, json: undefined });
  expect(discord.state.messages).toEqual(messages);
});

test.each([
  ["nothing", {}, { code: 50006, message: "Cannot send an empty message" }],
  ["blank content", { content: " \n" }, { code: 50006 }],
  ["no embed", { content: null, embeds: [] }, { code: 50006 }],
  [
    "2001 characters",
    { content: "x".repeat(2001) },
    { code: 50035, errors: { content: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH" }] } } },
  ],
  ["content with another type", { content: 1 }, { code: 50035, message: "Invalid Form Body" }],
  ["invalid JSON", "{", { code: 50109 }],
])("%s is a 400 in Discord's shape", async (_what, body, error) => {
  expect(await post(body)).toMatchObject({ status: 400, json: error });
  expect(discord.state.messages).toEqual([]);
});

test("a character outside the basic plane counts as one", async () => {
  expect(await post({ content: "📞".repeat(2000) })).toMatchObject({ status: 204 });
});

test("a wrong token is a 401, and an unknown webhook a 404", async () => {
  const message = { content: "hi" };
  expect(await post(message, `${discord.webhookUrl}x`)).toEqual({
    status: 401,
    json: { message: "Invalid Webhook Token", code: 50027 },
  });
  expect(await post(message, `${discord.url}/api/webhooks/1/${WEBHOOK.token}`)).toEqual({
    status: 404,
    json: { message: "Unknown Webhook", code: 10015 },
  });
  discord.state.token = "rotated";
  expect(await post(message)).toMatchObject({ status: 401 });
  expect(discord.state.messages).toEqual([]);
});

test("a rate limit has the time to wait in the header and in the body", async () => {
  discord.faults.fail({ status: 429, retryAfterSeconds: 0.65 });
  const limited = await fetch(discord.webhookUrl, { method: "POST", body: JSON.stringify({ content: "hi" }) });
  expect(limited.status).toBe(429);
  expect(limited.headers.get("Retry-After")).toBe("1");
  expect(await limited.json()).toEqual({ message: "You are being rate limited.", retry_after: 0.65, global: false });
  expect(discord.state.messages).toEqual([]);
  expect(await post({ content: "hi" })).toMatchObject({ status: 204 });
});

test("a fault cuts the connection without an answer", async () => {
  discord.faults.fail({ drop: true, processed: true });
  await expect(post({ content: "hi" })).rejects.toThrow("fetch failed");
  expect(discord.state.messages).toHaveLength(1);
  expect(await post({ content: "hi" })).toMatchObject({ status: 204 });
});

test("an outage is a 503 in Discord's shape", async () => {
  discord.faults.fail({ status: 503 });
  expect(await post({ content: "hi" })).toEqual({
    status: 503,
    json: { message: "503: Service Unavailable", code: 0 },
  });
});
