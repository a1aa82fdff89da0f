import { afterEach, beforeEach, expect, test } from "vitest";
import { type OpenClaw, startOpenClaw } from "./openclaw.ts";

const TOKEN = "made-up-hook-token";
const TURN = { message: "A caller asks for a quote.", name: "Inbound call", agentId: "atlas", deliver: false };

let openclaw: OpenClaw;

beforeEach(async () => {
  openclaw = await startOpenClaw(TOKEN);
});

afterEach(() => openclaw.close());

interface Options {
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly path?: string;
  readonly method?: string;
}

async function post(turn: unknown, options: Options = {}): Promise<{ status: number; text: string }> {
  const { key, headers = { Authorization: `Bearer ${TOKEN}` }, path = "/hooks/agent", method = "POST" } = options;
  const all = { "Content-Type": "application/json", ...headers, ...(key !== undefined && { "Idempotency-Key": key }) };
  const body = typeof turn === "string" ? turn : JSON.stringify(turn);
  const init = method === "GET" ? { headers: all } : { method, headers: all, body };
  const response = await fetch(`${openclaw.url}${path}`, init);
  return { status: response.status, text: await response.text() };
}

/** Posts a turn, and returns the ID of its run. */
async function runOf(turn: unknown, key?: string): Promise<string> {
  const { status, text } = await post(turn, key === undefined ? {} : { key });
  expect(status).toBe(200);
  const answer: { ok: boolean; runId: string } = JSON.parse(text);
  expect(answer).toEqual({ ok: true, runId: expect.any(String) });
  return answer.runId;
}

test("a turn is admitted and stored with its key", async () => {
  const runId = await runOf(TURN, "event-1");
  expect(openclaw.state.runs).toEqual([{ runId, key: "event-1", payload: TURN }]);
  await runOf({ message: "hi" });
  expect(openclaw.state.runs[1]).toMatchObject({ key: undefined, payload: { message: "hi", deliver: true } });
});

test("the same key with the same payload runs only once", async () => {
  const first = await runOf(TURN, "event-1");
  const { name, ...rest } = TURN;
  expect(await runOf({ ...rest, name }, "event-1")).toBe(first);
  expect(openclaw.state.runs).toHaveLength(1);
  const others = [
    await runOf(TURN, "event-2"),
    await runOf({ ...TURN, message: "other" }, "event-1"),
    await runOf(TURN),
  ];
  expect(new Set([first, ...others, await runOf(TURN)]).size).toBe(5);
  expect(openclaw.state.runs).toHaveLength(5);
});

test("a key is remembered until enough others were used", async () => {
  openclaw.state.rememberedKeys = 2;
  const [one, two] = [await runOf(TURN, "1"), await runOf(TURN, "2")];
  expect(await runOf(TURN, "1")).toBe(one);
  await runOf(TURN, "3");
  expect(await runOf(TURN, "1")).toBe(one);
  expect(await runOf(TURN, "2")).not.toBe(two);
});

test.each([
  ["no message", { name: "x" }, "message required"],
  ["a blank message", { message: " " }, "message required"],
  ["a session key", { ...TURN, sessionKey: "hook:x" }, "sessionKey is disabled"],
  ["a field with another type", { ...TURN, deliver: "no" }, "deliver is invalid"],
  ["a list", [], "message required"],
  ["invalid JSON", "{", "invalid JSON"],
])("%s is a 400 with the reason", async (_what, body, reason) => {
  const { status, text } = await post(body);
  expect(status).toBe(400);
  expect(JSON.parse(text)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  expect(openclaw.state.runs).toEqual([]);
});

test("a wrong token is a 401; the right token is accepted in either header, but not in the query", async () => {
  for (const headers of [{}, { Authorization: "Bearer wrong" }, { "X-OpenClaw-Token": "wrong" }]) {
    expect(await post(TURN, { headers })).toEqual({ status: 401, text: "Unauthorized" });
  }
  expect(await post(TURN, { headers: {}, path: `/hooks/agent?token=${TOKEN}` })).toMatchObject({ status: 400 });
  expect(openclaw.state.runs).toEqual([]);
  expect(await post(TURN, { headers: { "X-OpenClaw-Token": TOKEN } })).toMatchObject({ status: 200 });
});

test("disabled hooks are a 404, and so is an unknown path; only POST is accepted", async () => {
  expect(await post(TURN, { path: "/hooks/other" })).toMatchObject({ status: 404 });
  expect(await post(TURN, { method: "GET" })).toMatchObject({ status: 405 });
  openclaw.state.hooksEnabled = false;
  expect(await post(TURN)).toEqual({ status: 404, text: "Not Found" });
  expect(openclaw.state.runs).toEqual([]);
});

test("a fault applies once; a 429 has the time to wait", async () => {
  openclaw.faults.fail({ status: 429, retryAfterSeconds: 7 });
  const headers = { Authorization: `Bearer ${TOKEN}` };
  const limited = await fetch(`${openclaw.url}/hooks/agent`, { method: "POST", headers, body: JSON.stringify(TURN) });
  expect([limited.status, limited.headers.get("Retry-After")]).toEqual([429, "7"]);
  openclaw.faults.fail({ status: 502 });
  expect(await post(TURN)).toMatchObject({ status: 502, text: expect.stringContaining('"ok":false') });
  openclaw.faults.fail({ status: 503, processed: true });
  expect(await post(TURN, { key: "event-1" })).toMatchObject({ status: 503 });
  expect(openclaw.state.runs).toHaveLength(1);
  expect(await runOf(TURN, "event-1")).toBe(openclaw.state.runs[0]?.runId);
});

test("an answer can be late: the turn is admitted before it, so a client that gave up can retry", async () => {
  openclaw.state.delayMs = 60_000;
  const given = new AbortController();
  const headers = { Authorization: `Bearer ${TOKEN}`, "Idempotency-Key": "event-1" };
  const init = { method: "POST", headers, body: JSON.stringify(TURN), signal: given.signal };
  const late = expect(fetch(`${openclaw.url}/hooks/agent`, init)).rejects.toThrow("abort");
  await expect.poll(() => openclaw.state.runs.length, { timeout: 30_000 }).toBe(1);
  given.abort();
  await late;
  openclaw.state.delayMs = 0;
  expect(await runOf(TURN, "event-1")).toBe(openclaw.state.runs[0]?.runId);
  expect(openclaw.state.runs).toHaveLength(1);
});
