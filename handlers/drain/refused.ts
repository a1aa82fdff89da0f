/** Tries again the webhooks that were set aside, because the database refused them. */
import type { Pool } from "pg";
import { logInfo } from "../log/log.ts";
import type { Spool } from "../spool/spool.ts";
import { isAnswer, reasonOf } from "../storage/database-fault.ts";
import { writeWebhooks } from "../storage/write-webhooks.ts";
import { startWorker, type Worker } from "../worker/worker.ts";

/** The outcome of a try. */
export interface Retried {
  /** The number of webhooks that the database has taken. */
  readonly stored: number;
  /** The number of webhooks that it still refuses, or whose row is locked. */
  readonly left: number;
  /** The last reason, in one line without a caller's data. */
  readonly reason: string | undefined;
}

/** The spool with the refused webhooks, and the database. */
export interface RefusedSettings {
  readonly pool: Pool;
  readonly spool: Spool;
}

/** The number of refused webhooks that are read at once. */
const PAGE = 100;

const EVERY_MS = 3_600_000;

/**
 * Tries each refused webhook once, alone, in the order of arrival. One that the database takes is removed from the spool.
 *
 * @throws Error of `pg` if the database is away or refuses the handler: the rest then stays as it is
 */
export async function retryRefused({ pool, spool }: RefusedSettings, signal?: AbortSignal): Promise<Retried> {
  let stored = 0;
  let reason: string | undefined;
  let page = spool.refused(PAGE);
  while (page.length > 0 && signal?.aborted !== true) {
    for (const refused of page) {
      const failure = await storeRefused(pool, spool, refused);
      if (failure === undefined) stored += 1;
      else reason = failure;
    }
    page = spool.refused(PAGE, page.at(-1)?.place);
  }
  return { stored, left: spool.refusedCount(), reason };
}

/** Stores a webhook; returns the reason if the database still refuses it. */
async function storeRefused(
  pool: Pool,
  spool: Spool,
  refused: ReturnType<Spool["refused"]>[number],
): Promise<string | undefined> {
  try {
    await writeWebhooks(pool, [refused.record], true);
  } catch (error) {
    if (isAnswer(error)) return reasonOf(error);
    throw error;
  }
  spool.removeRefused(refused);
  return undefined;
}

/** Starts the worker that tries them at each start, and every hour. */
export function startRefusedRetry(settings: RefusedSettings): Worker {
  const run = async (signal: AbortSignal) => {
    if (settings.spool.refusedCount() === 0) return false;
    const { stored, left } = await retryRefused(settings, signal);
    logInfo("tried the refused webhooks again", { stored, left });
    return false;
  };
  return startWorker({ name: "refused", everyMs: EVERY_MS, run });
}
