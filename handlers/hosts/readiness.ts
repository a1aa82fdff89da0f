/** The content of `/readyz`. */
import type { StorageHealth } from "../storage/health.ts";

/** Whether webhooks are accepted and kept, and where. */
export interface Readiness {
  /** A database that refuses the handler needs a person, so it is not ready even if the spool keeps the webhooks. */
  readonly ready: boolean;
  readonly database: "up" | "down" | "refuses";
  readonly spool: "empty" | "waiting" | "failing";
  /** The number of webhooks in the spool, if it can be read. */
  readonly spooled: number;
  readonly stopping: boolean;
}

/** The readiness of a handler. Without the database, a spool that takes a write is enough, since it keeps webhooks. */
export function readinessOf({ database, spool }: StorageHealth, stopping: boolean): Readiness {
  const isKept = database.state === "up" || (database.state === "down" && spool.state === "works");
  const spooled = spool.waiting ?? 0;
  return {
    ready: !stopping && isKept,
    database: database.state,
    spool: spool.state === "failing" ? "failing" : spooled > 0 ? "waiting" : "empty",
    spooled,
    stopping,
  };
}
