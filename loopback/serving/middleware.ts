/** The middleware of the vendors' APIs: the log of requests, and injected faults. */
import { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Context, MiddlewareHandler } from "hono";
import type { Fault, Faults, Page } from "./faults.ts";

/** A request to a vendor's API, without its credentials and its body. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
}

/** Logs each request. */
export function logging(requests: LoggedRequest[]): MiddlewareHandler {
  return async (c, next) => {
    requests.push({ method: c.req.method, path: new URL(c.req.url).pathname });
    await next();
  };
}

/**
 * Applies the fault for a request, if there is one: answers with its error, or cuts the connection.
 *
 * @param answer makes the vendor's answer for a fault
 */
export function faulting(faults: Faults, answer: (fault: Fault) => Response): MiddlewareHandler {
  return async (c, next) => {
    const fault = faults.take(c.req.method, new URL(c.req.url).pathname);
    if (fault === undefined) {
      await next();
      return;
    }
    if (fault.processed) await next();
    // The pause must not keep the process alive after its server was closed.
    if (fault.delayMs !== undefined) await pause(fault.delayMs, undefined, { ref: false });
    // Clear the answer first, or Hono keeps its headers.
    c.res = undefined;
    c.res = "drop" in fault ? drop(c) : "page" in fault ? pageOf(fault) : answer(fault);
  };
}

function pageOf({ page, status }: Page): Response {
  return new Response(page, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/** The header that makes Hono's Node server send nothing (https://github.com/honojs/node-server). */
const NOTHING_TO_SEND = "x-hono-already-sent";

/** Whether the response means that the connection was cut, and is not an answer. */
export function isDropped(response: Response): boolean {
  return response.headers.has(NOTHING_TO_SEND);
}

/** Cuts the connection, if the request came over one. */
function drop({ env }: Context): Response {
  const outgoing: unknown = env?.outgoing;
  if (outgoing instanceof ServerResponse) outgoing.destroy();
  return new Response(null, { headers: { [NOTHING_TO_SEND]: "true" } });
}

/** The Retry-After header of a fault, if it has one. */
export function retryAfter(fault: Fault): Record<string, string> {
  return fault.retryAfterSeconds === undefined ? {} : { "Retry-After": String(fault.retryAfterSeconds) };
}
