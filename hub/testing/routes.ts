/** The route table of the tests: the hub's own, and a pending path that stays pending whatever the hub approves. */
import { type PendingRoute, ROUTES, type Route } from "../urls/routes.ts";

/** A path that is declared, but neither routed nor registered nor answered. */
export const PENDING_PATH = "/fax/webhook";

/** The hub's routes and the pending one. */
export const TEST_ROUTES: readonly Route[] = [
  ...ROUTES,
  { path: PENDING_PATH, event: "inbound-fax", title: "Inbound fax", status: "pending" },
];

/** A route, declared only. */
export function asPending({ path, event, title }: Route): PendingRoute {
  return { path, event, title, status: "pending" };
}
