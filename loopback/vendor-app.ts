/** What the vendors' APIs have in common: the log of requests, and faults on demand. */
import type { MiddlewareHandler } from "hono";
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
 * Answers a request with the fault that waits for it, if there is one.
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
    // Without this the headers of the replaced answer would stay.
    c.res = undefined;
    c.res = answer(fault);
  };
}

/** The Retry-After header of a fault, where it has one. */
export function retryAfter(fault: Fault): Record<string, string> {
  return fault.retryAfterSeconds === undefined ? {} : { "Retry-After": String(fault.retryAfterSeconds) };
}
