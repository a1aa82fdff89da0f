/** The log of requests to create a call or a text: from which number, to which number, and exactly when. */
import type { MiddlewareHandler } from "hono";
import { isDropped } from "../../serving/middleware.ts";

/** A request to create a call or a text, whatever its outcome. */
export interface Create {
  readonly path: "Calls" | "Messages";
  /** The number as it was sent; "" if it is missing. */
  readonly from: string;
  readonly to: string;
  /** The time of arrival, in milliseconds of `performance.now()`. */
  readonly at: number;
  /** The HTTP status of the answer; 0 before the answer, and if the connection was cut. */
  readonly outcome: number;
}

const CREATE_PATH = /^\/2010-04-01\/Accounts\/[^/]+\/(Calls|Messages)(?:\.json)?$/;

/** Logs each create, in order of arrival. */
export function loggingCreates(creates: Create[]): MiddlewareHandler {
  return async (c, next) => {
    const path = pathOf(c.req.method, new URL(c.req.url).pathname);
    if (path === undefined) {
      await next();
      return;
    }
    const create = { path, from: "", to: "", at: performance.now(), outcome: 0 };
    creates.push(create);
    const form = new URLSearchParams(await c.req.text());
    create.from = form.get("From") ?? "";
    create.to = form.get("To") ?? "";
    await next();
    create.outcome = isDropped(c.res) ? 0 : c.res.status;
  };
}

function pathOf(method: string, pathname: string): Create["path"] | undefined {
  const name = method === "POST" ? CREATE_PATH.exec(pathname)?.[1] : undefined;
  return name === "Calls" || name === "Messages" ? name : undefined;
}
