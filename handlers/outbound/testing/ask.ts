/** Requests to the outbound endpoint, as they are sent and answered. */
import { once } from "node:events";
import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { OUTBOUND_TOKEN, type TestAdmin } from "./admin.ts";

/** What a request needs that is taken. */
export const HEADERS: Readonly<Record<string, string>> = {
  authorization: `Bearer ${OUTBOUND_TOKEN}`,
  "content-type": "application/json",
  "idempotency-key": "key-1",
};

/** Sends a request, and makes sure that the answer does not hold the token. */
export async function ask({ url }: TestAdmin, path: string, init: RequestInit = {}) {
  const response = await fetch(`${url}${path}`, { headers: HEADERS, ...init });
  const body = await response.text();
  if (body.includes(OUTBOUND_TOKEN)) throw new Error("the answer holds the token");
  return { status: response.status, headers: response.headers, body: body === "" ? undefined : JSON.parse(body) };
}

/** Posts a body: text as it is, anything else as JSON. */
export function post(admin: TestAdmin, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return ask(admin, path, { method: "POST", headers: { ...HEADERS, ...headers }, body: text });
}

/** The problem of an answer, which must be one. */
export function problemOf({ status, headers, body }: Awaited<ReturnType<typeof ask>>) {
  const type = headers.get("content-type");
  if (type !== "application/problem+json" || body.status !== status)
    throw new Error(`${status} is no problem: ${type}`);
  return { status, title: body.title, detail: body.detail, errors: body.errors };
}

/** Sends what HTTP's own clients do not send. */
export async function sendRaw({ port }: TestAdmin, head: readonly string[], body = "") {
  const socket = connect(port, "127.0.0.1");
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  const [answer] = await Promise.all([textOf(socket), once(socket, "close")]);
  return answer;
}
