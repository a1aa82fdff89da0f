/** The causes in the storage of one machine that people must know of. Their texts hold no secret and nothing of a caller's. */
import type { DatabaseCondition } from "../storage/database-state.ts";
import type { StorageHealth } from "../storage/health.ts";
import type { Cause } from "./alert-records.ts";
import { code } from "./content.ts";
import { counted, minutes } from "./duration.ts";

/** The age of the oldest spooled webhook from which people are alerted, in milliseconds. */
const LATE_AFTER_MS = 3 * 60_000;

/** The causes that the spool's file can record: it works. Empty if all is well. */
export function recordedCauses({ database, spool }: StorageHealth, now: number): Cause[] {
  if (spool.state === "failing") return [];
  const { waiting = 0, oldestKeptAt = now, refused } = spool;
  const causes: Cause[] = [];
  if (database.state === "refuses")
    causes.push({
      cause: "database-refuses",
      text: `the database refuses the handler, so webhooks wait in the spool. Run \`node handler.mjs check\`. Reason: ${code(database.reason)}`,
    });
  if (now - oldestKeptAt >= LATE_AFTER_MS)
    causes.push({
      cause: "spool-late",
      text: `${counted(waiting, "webhook waits", "webhooks wait")} in the spool, the oldest for ${minutes(now - oldestKeptAt)}. ${described(database)}`,
    });
  if (refused > 0)
    causes.push({
      cause: "webhook-refused",
      text: `the database refused ${counted(refused, "webhook, which is", "webhooks, which are")} set aside. Fix the cause, then run \`node handler.mjs retry-refused\`.`,
    });
  return causes;
}

/** The cause that the spool's file cannot record: it cannot be written. */
export function unrecordedCauses({ database, spool }: StorageHealth): Cause[] {
  if (spool.state === "works") return [];
  const text = `the spool cannot be written, so webhooks are lost if the database is away. Reason: ${code(spool.reason)}. ${described(database)}`;
  return [{ cause: "spool-failing", text }];
}

function described(database: DatabaseCondition): string {
  if (database.state === "up") return "The database is up.";
  const what = database.state === "down" ? "is away" : "refuses the handler";
  return `The database ${what}: ${code(database.reason)}`;
}
