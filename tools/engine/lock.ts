import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";

const RETRY_EVERY_MS = 500;
const RETRIES_PER_NOTICE = 20;

/**
 * Runs an action while this process alone holds the lock of a file. The lock is SQLite's, so the operating system frees it when its holder dies for
 * any reason.
 *
 * @param onWait called if another process holds the lock, and every ten seconds until it is free
 */
export async function withLock<Result>(file: string, onWait: () => void, act: () => Promise<Result>): Promise<Result> {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    for (let tries = 0; !tryToLock(database); tries += 1) {
      if (tries % RETRIES_PER_NOTICE === 0) onWait();
      await delay(RETRY_EVERY_MS);
    }
    return await act();
  } finally {
    database.close();
  }
}

function tryToLock(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes("database is locked")) return false;
    throw error;
  }
}
