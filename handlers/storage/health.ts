/** Whether webhooks are kept, found out by writing. */
import type { Spool } from "../spool/spool.ts";
import { type AskedDatabase, askDatabase } from "./database-probe.ts";
import type { DatabaseCondition } from "./database-state.ts";

/** The database and the spool that are examined. */
export interface HealthSettings extends AskedDatabase {
  readonly spool: Spool;
}

/** The spool: `works` if it took a write, `failing` with SQLite's reason if not. */
export type SpoolHealth = {
  /** The number of webhooks that wait; undefined if the file cannot be read. */
  readonly waiting: number | undefined;
} & (
  | {
      readonly state: "works";
      /** When the webhook that has waited longest came, in milliseconds since 1970. */
      readonly oldestKeptAt: number | undefined;
      /** The number of webhooks that were set aside. */
      readonly refused: number;
    }
  | { readonly state: "failing"; readonly reason: string }
);

/** The outcome of a write into each of them. */
export interface StorageHealth {
  readonly database: DatabaseCondition;
  readonly spool: SpoolHealth;
}

/** Makes the examination. Requests at the same time share one. */
export function createHealth(settings: HealthSettings): () => Promise<StorageHealth> {
  let running: Promise<StorageHealth> | undefined;
  const examine = async () => ({ database: await askDatabase(settings), spool: spoolHealth(settings.spool) });
  return () => {
    running ??= examine().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function spoolHealth(spool: Spool): SpoolHealth {
  try {
    spool.checkWrite();
    return {
      state: "works",
      waiting: spool.depth(),
      oldestKeptAt: spool.oldestKeptAt(),
      refused: spool.refusedCount(),
    };
  } catch (error) {
    return {
      state: "failing",
      reason: error instanceof Error ? error.message : String(error),
      waiting: depthOf(spool),
    };
  }
}

function depthOf(spool: Spool): number | undefined {
  try {
    return spool.depth();
  } catch {
    return undefined;
  }
}
