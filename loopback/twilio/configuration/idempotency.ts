/** Idempotency keys: a write is carried out once for each key. */
import type { MiddlewareHandler } from "hono";
import { Problem } from "./problem.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** A write that succeeded. */
interface Done {
  readonly request: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Answers a repeated write as the first one was answered. A refused write is not kept: it changed nothing.
 * An `Idempotency-Key` that is not a UUIDv7, or that another request had, is 59000.
 */
export function idempotent(): MiddlewareHandler {
  const done = new Map<string, Done>();
  return async (c, next) => {
    const key = c.req.header("Idempotency-Key");
    if (c.req.method === "GET" || key === undefined) {
      await next();
      return;
    }
    if (!UUID_V7.test(key)) throw new Problem(59000, "Idempotency-Key: must be a UUIDv7");
    const request = `${c.req.method} ${c.req.path} ${await c.req.text()}`;
    const earlier = done.get(key);
    if (earlier === undefined) {
      await next();
      const { ok, status, headers } = c.res;
      if (ok) done.set(key, { request, status, headers: new Headers(headers), body: await c.res.clone().text() });
      return;
    }
    if (earlier.request !== request) throw new Problem(59000, "Idempotency-Key: another request had it");
    c.res = new Response(earlier.body, { status: earlier.status, headers: earlier.headers });
  };
}
