/** What the vendors' APIs have in common: the log of requests, and faults on demand. */
import { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Context, MiddlewareHandler } from "hono";
import type { Fault, Faults } from "./faults.ts";

/** A request that reached a vendor's API. It shows neither credentials nor a body. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
}

/** Writes each request into the log. */
export function logging(requests: LoggedRequest[]): MiddlewareHandler {
  return async (c, next) => {
    requests.push({ method: c.req.method, path: new URL(c.req.url).pathname });
    await next();
  };
}

/**
 * Answers a request with the fault that waits for it, if there is one, or cuts its connection.
 *
 * @param answer the fault in the vendor's shape
 */
export function faulting(faults: Faults, answer: (fault: Fault) => Response): MiddlewareHandler {
  return async (c, next) => {
    const fault = faults.take(c.req.method, new URL(c.req.url).pathname);
    if (fault === undefined) {
      await next();
      return;
    }
    if (fault.processed) await next();
    // A server that is closed meanwhile must not wait for the pause.
    if (fault.delayMs !== undefined) await pause(fault.delayMs, undefined, { ref: false });
    // Without this the headers of the replaced answer would stay.
    c.res = undefined;
    c.res = "drop" in fault ? drop(c) : answer(fault);
  };
}

/** Tells Hono's Node server that there is nothing to send (https://github.com/honojs/node-server). */
const NOTHING_TO_SEND = "x-hono-already-sent";

/** Whether this stands for a connection that was cut, and not for an answer. */
export function isDropped(response: Response): boolean {
  return response.headers.has(NOTHING_TO_SEND);
}

/** Cuts the connection, where the request came over one. */
function drop({ env }: Context): Response {
  const outgoing: unknown = env?.outgoing;
  if (outgoing instanceof ServerResponse) outgoing.destroy();
  return new Response(null, { headers: { [NOTHING_TO_SEND]: "true" } });
}

/** The Retry-After header of a fault, where it has one. */
export function retryAfter(fault: Fault): Record<string, string> {
  return fault.retryAfterSeconds === undefined ? {} : { "Retry-After": String(fault.retryAfterSeconds) };
}
