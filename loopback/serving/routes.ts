/** The routes of a stand-in, for the tests that compare them with a vendor's documents and with `docs/loopback.md`. */
import type { Hono } from "hono";
import { inspectRoutes } from "hono/dev";

/** A route. Its parameters begin with a colon, like `:sid`. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

/** Lists an app's routes in the order of their declaration, without middleware. */
export function routesOf(app: Hono): Route[] {
  return inspectRoutes(app)
    .filter(({ isMiddleware }) => !isMiddleware)
    .map(({ method, path }) => ({ method, path }));
}
