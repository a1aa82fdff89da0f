/** Drains the spool into the database: the first webhook of each row, in the order of arrival. */
import type { Pool } from "pg";
import { logError, logInfo } from "../log/log.ts";
import { rowOf } from "../spool/record.ts";
import type { Spool, Spooled } from "../spool/spool.ts";
import { type DatabaseFault, faultOf, isAnswer, reasonOf } from "../storage/database-fault.ts";
import { askDatabase } from "../storage/database-probe.ts";
import type { Store } from "../storage/store.ts";
import { writeWebhooks } from "../storage/write-webhooks.ts";
import { lockedRows } from "./locked-rows.ts";
import { isOwnFault } from "./own-fault.ts";
import { createPace } from "./pace.ts";
import { createPassedOver } from "./passed-over.ts";

/** The spool to drain, and the database that it drains into. */
export interface DrainSettings {
  readonly pool: Pool;
  readonly spool: Spool;
  readonly store: Pick<Store, "isDatabaseUp" | "database" | "noteDatabase" | "taken">;
}

/** Drains a spool. Of the processes that share it, one drains at a time. A webhook that is written twice all the same is stored once. */
export interface Drain {
  /**
   * Writes some of the webhooks that wait, and removes them from the spool. If the database was away, it is queried first.
   *
   * A locked row, and a webhook that takes too long alone, are passed over until all others were tried. A webhook that the database refuses is set
   * aside if the database takes others of its kind, and waits if not.
   *
   * @returns whether there may be more to write now
   * @throws Error if the database is away or refuses the handler: everything then stays in the spool
   */
  round(): Promise<boolean>;
}

/** The most characters of the records in one statement: a slow link must take them within the time limit of a statement. */
const MOST_LENGTH = 512 * 1024;

/** How many webhooks of a refused kind are tried at once. A failing search for the bad ones must stay short. */
const A_FEW = 4;

/** The time after which a round begins no further statement, in milliseconds. */
const ROUND_MS = 2_000;

/** Makes a drain. It remembers how many webhooks the database takes in time. */
export function createDrain(settings: DrainSettings): Drain {
  const { pool, spool, store } = settings;
  const pace = createPace();
  const passedOver = createPassedOver();
  const heads = (count: number) => spool.heads({ count, length: MOST_LENGTH, without: passedOver.leftOut() });

  /** The webhooks to write. If all others were tried, those that were passed over. */
  function next(): Spooled[] {
    const others = heads(pace.amount);
    if (others.length > 0) return others;
    const again = passedOver.tryAgain();
    return again === undefined ? [] : heads(again === "a few" ? A_FEW : pace.amount);
  }

  /**
   * Writes webhooks of different rows. A statement that fails because of a row is tried in parts, until the row is found.
   *
   * @returns the number of webhooks that left the spool
   */
  async function write(batch: readonly Spooled[]): Promise<number> {
    const endAt = performance.now() + ROUND_MS;
    const parts = [batch];
    let removed = 0;
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const failure = await tryPart(part);
      if (failure === undefined) removed += part.length;
      else if (part.length === 1) removed += await settleAlone(part, failure);
      else if (failure.fault === "late") return removed;
      else parts.push(...(await partsOf(part, failure)));
      if (performance.now() > endAt) return removed;
    }
    return removed;
  }

  /** The parts to try after a failure, the next one last: all rows that nobody has locked, or two halves. */
  async function partsOf(part: readonly Spooled[], { fault }: Failure): Promise<readonly Spooled[][]> {
    const locked = fault === "contended" ? await heard(store, lockedRows(pool, part.map(keyOf))) : new Set<string>();
    for (const key of locked) passedOver.row(key);
    const free = part.filter((spooled) => !locked.has(keyOf(spooled)));
    if (locked.size > 0) return free.length > 0 ? [free] : [];
    // The search may outlast the round. The next one must then not begin with as many.
    pace.failed(part.length);
    return [part.slice(part.length / 2), part.slice(0, part.length / 2)];
  }

  async function tryPart(part: readonly Spooled[]): Promise<Failure | undefined> {
    const startedAt = performance.now();
    const records = part.map(({ record }) => record);
    try {
      const repeats = await heard(store, writeWebhooks(pool, records, true));
      store.taken.note(records.filter(({ signedHash }) => !repeats.has(signedHash)));
    } catch (error) {
      const fault = faultOf(error);
      if (fault === "away" || fault === "mistake") throw error;
      // The database may only be slow. A query without webhooks shows whether it is there.
      if (fault === "late") {
        pace.failed(part.length);
        await ping(settings);
      }
      return { fault, error };
    }
    spool.remove(part);
    pace.took(part.length, performance.now() - startedAt);
    return undefined;
  }

  /**
   * Sets a refused webhook aside if it is at fault itself. If the database takes none of its kind, it is the database's fault, and the webhook waits.
   *
   * @returns the number of webhooks that left the spool
   */
  async function settleAlone([spooled]: readonly Spooled[], { fault, error }: Failure): Promise<number> {
    if (spooled === undefined) return 0;
    const { record } = spooled;
    if (fault !== "refused") {
      passedOver.row(rowOf(record));
      return 0;
    }
    const other = store.taken.since(record);
    if (other === undefined || !(await heard(store, isOwnFault(pool, record, other)))) {
      passedOver.kind(record.event.kind, rowOf(record));
      return 0;
    }
    setAside(spool, spooled, error);
    return 1;
  }

  return {
    round: async () => {
      if (!store.isDatabaseUp()) await ask(settings);
      const batch = next();
      if (batch.length === 0 || !spool.mayDrain()) return false;
      const removed = await write(batch);
      if (removed > 0) logInfo("drained the spool", { webhooks: removed, left: spool.depth() });
      return heads(1).length > 0;
    },
  };
}

const keyOf = ({ record }: Spooled) => rowOf(record);

/** Why a statement failed, although the database is up. */
interface Failure {
  readonly fault: Exclude<DatabaseFault, "away" | "mistake">;
  readonly error: unknown;
}

/** Asks the database whether it takes webhooks. */
async function ask(settings: DrainSettings): Promise<void> {
  const condition = await askDatabase(settings);
  if (settings.store.isDatabaseUp() || condition.state === "up") return;
  throw new Error(`the database does not take webhooks: ${condition.reason}`);
}

/** Asks the database whether it answers at all. */
async function ping({ pool, store }: DrainSettings): Promise<void> {
  try {
    await pool.query("select 1");
  } catch (error) {
    store.noteDatabase(error);
    throw error;
  }
}

/** Awaits an answer of the database, and notes whether it is up. A late answer does not tell. */
async function heard<Outcome>(store: DrainSettings["store"], outcome: Promise<Outcome>): Promise<Outcome> {
  try {
    const result = await outcome;
    store.noteDatabase(undefined);
    return result;
  } catch (error) {
    if (isAnswer(error)) store.noteDatabase(undefined);
    else if (faultOf(error) !== "late") store.noteDatabase(error);
    throw error;
  }
}

function setAside(spool: Spool, spooled: Spooled, error: unknown): void {
  logError("the database refused a webhook; it is kept in the spool's table `refused`", error, {
    sid: spooled.record.event.sid,
  });
  spool.setAside(spooled, reasonOf(error));
}
