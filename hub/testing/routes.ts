/** Route tables for tests. */
import type { PendingRoute, Route } from "../urls/routes.ts";

/** A route, declared only. */
export function asPending({ path, event, title }: Route): PendingRoute {
  return { path, event, title, status: "pending" };
}
