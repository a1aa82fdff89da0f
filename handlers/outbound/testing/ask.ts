/** Sends requests to the outbound endpoint, and reads the answers. */
import { once } from "node:events";
import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { OUTBOUND_TOKEN, type TestAdmin } from "./admin.ts";

/** The headers of a valid request. */
export const HEADERS: Readonly<Record<string, string>> = {
  authorization: `Bearer ${OUTBOUND_TOKEN}`,
  "content-type": "application/json",
  "idempotency-key": "key-1",
};

/**
 * Sends a request and reads its JSON answer.
 *
 * @throws Error if the answer contains the token
 */
export async function ask({ url }: TestAdmin, path: string, init: RequestInit = {}) {
  const response = await fetch(`${url}${path}`, { headers: HEADERS, ...init });
  const body = await response.text();
  if (body.includes(OUTBOUND_TOKEN)) throw new Error("the answer holds the token");
  return { status: response.status, headers: response.headers, body: body === "" ? undefined : JSON.parse(body) };
}

/** Posts a body: a string as it is, anything else as JSON. */
export function post(admin: TestAdmin, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return ask(admin, path, { method: "POST", headers: { ...HEADERS, ...headers }, body: text });
}

/**
 * Returns the problem details of an answer.
 *
 * @throws Error if the answer is not problem details with its own status
 */
export function problemOf({ status, headers, body }: Awaited<ReturnType<typeof ask>>) {
  const type = headers.get("content-type");
  if (type !== "application/problem+json" || body.status !== status)
    throw new Error(`the answer ${status} is not problem details: ${type}`);
  return { status, title: body.title, detail: body.detail, errors: body.errors };
}

/** Sends a request that an HTTP client would not send, and returns the raw answer. */
export async function sendRaw({ port }: TestAdmin, head: readonly string[], body = "") {
  const socket = connect(port, "127.0.0.1");
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  const [answer] = await Promise.all([textOf(socket), once(socket, "close")]);
  return answer;
}
