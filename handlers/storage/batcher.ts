/** Group commit: items that arrive during a write are written together by the next one. */

/** The settings of a {@link Batcher}. */
export interface BatcherSettings<Item, Result> {
  /** Writes items, durably once it returns. Returns a result for each, in their order. */
  write(items: readonly Item[]): Promise<readonly Result[]>;
  /** The row of an item. Two items of one row are never in writes at the same time: the later one waits. */
  rowOf(item: Item): string;
  readonly maxItems: number;
  /** The most writes at once. */
  readonly maxWrites: number;
}

/** Writes items in groups. */
export interface Batcher<Item, Result> {
  /**
   * Writes an item together with others.
   *
   * @param giveUpAt the time at which waiting ends, in milliseconds of `performance.now()`. The item may still be written later
   * @throws Error of `write`, or {@link TooLate}
   */
  add(item: Item, giveUpAt: number): Promise<Result>;
}

/** The item was not written in time. It may still be written. */
export class TooLate extends Error {
  override readonly name = "TooLate";
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly giveUpAt: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Makes a batcher. A failed write also fails all waiting items, which would only wait longer for the same failure. */
export function createBatcher<Item, Result>(settings: BatcherSettings<Item, Result>): Batcher<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let writes = 0;
  let isScheduled = false;
  const rowsInWrites = new Set<string>();

  /** Whether to start a write. During another one it is worth its cost only with at least as many items; fewer wait for the next. */
  function mayWrite(): boolean {
    return writes < settings.maxWrites && queue.length > 0 && queue.length >= rowsInWrites.size;
  }

  function schedule(): void {
    if (isScheduled || !mayWrite()) return;
    isScheduled = true;
    // Items that arrive in the same turn of the event loop are included.
    setImmediate(() => {
      isScheduled = false;
      while (mayWrite()) {
        const batch = takeBatch();
        if (batch.length === 0) return;
        void writeBatch(batch);
      }
    });
  }

  function takeBatch(): Waiting<Item, Result>[] {
    const batch: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    for (const waiting of queue) {
      const row = settings.rowOf(waiting.item);
      if (batch.length === settings.maxItems || rowsInWrites.has(row)) left.push(waiting);
      else {
        rowsInWrites.add(row);
        batch.push(waiting);
      }
    }
    queue = left;
    return batch;
  }

  async function writeBatch(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    writes += 1;
    try {
      const giveUpAt = Math.min(...batch.map((waiting) => waiting.giveUpAt));
      const results = await inTime(settings.write(batch.map(({ item }) => item)), giveUpAt);
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      for (const { reject } of [...batch, ...queue.splice(0)]) reject(error);
    } finally {
      writes -= 1;
      for (const { item } of batch) rowsInWrites.delete(settings.rowOf(item));
      schedule();
    }
  }

  return {
    add: (item, giveUpAt) =>
      new Promise((resolve, reject) => {
        queue.push({ item, giveUpAt, resolve, reject });
        schedule();
      }),
  };
}

/** The outcome of a write, unless it comes too late. */
async function inTime<Outcome>(outcome: Promise<Outcome>, giveUpAt: number): Promise<Outcome> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TooLate("not written in time")), giveUpAt - performance.now());
  try {
    return await Promise.race([outcome, late.promise]);
  } finally {
    clearTimeout(timer);
    // The loser of the race must not be an unhandled rejection.
    outcome.catch(() => {});
    late.promise.catch(() => {});
  }
}
