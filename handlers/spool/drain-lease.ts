/** The lease that lets one process of a machine drain the spool. Two would write the same webhooks, and wait for each other's locks. */
import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { logError } from "../log/log.ts";

/** A process's part in the lease. */
export interface DrainLease {
  /** Takes or extends the lease; false if another process has it. */
  take(now?: number): boolean;
  /** Gives it back. If the file cannot be written now, the lease ends by itself. */
  release(): void;
}

/** How long a lease lasts, in milliseconds: longer than a round of the drain. The spool of a process that was killed waits as long. */
const LEASE_MS = 10_000;

/** A lease that ends later than any that was taken now is left over from a clock that was set back. */
const TAKE = `
  insert into drainer (id, holder, ends_at) values (1, :holder, :now + ${LEASE_MS})
  on conflict (id) do update set holder = excluded.holder, ends_at = excluded.ends_at
  where holder = excluded.holder or ends_at <= :now or ends_at > :now + ${LEASE_MS}`;

/** The lease in an open spool file. */
export function createDrainLease(database: DatabaseSync): DrainLease {
  const holder = randomUUID();
  const take = database.prepare(TAKE);
  const release = database.prepare("delete from drainer where holder = ?");
  return {
    take: (now = Date.now()) => take.run({ holder, now }).changes === 1,
    release: () => {
      try {
        release.run(holder);
      } catch (error) {
        logError("the lease of the drain could not be given back", error);
      }
    },
  };
}
