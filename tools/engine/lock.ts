import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";

const RETRY_EVERY_MS = 500;

/**
 * Runs an action while no other process holds the lock of this file. The lock is SQLite's on the file, so the operating system frees it
 * when its holder dies, however it dies.
 */
export async function withLock<Result>(file: string, act: () => Promise<Result>): Promise<Result> {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    while (!tryToLock(database)) await delay(RETRY_EVERY_MS);
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
