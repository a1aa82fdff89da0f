/** Group commit: what arrives while a write is under way is written together by the next one. */

/** How a {@link Batcher} works. */
export interface BatcherSettings<Item, Result> {
  /** Writes items, durably once it returns, and gives a result for each, in their order. */
  write(items: readonly Item[]): Promise<readonly Result[]>;
  /** Two items with the same row are not written together: the later one waits for the next write. */
  rowOf(item: Item): string;
  readonly maxItems: number;
  /** How many writes are under way at once. */
  readonly maxWrites: number;
}

/** Writes items in groups. */
export interface Batcher<Item, Result> {
  /**
   * Writes an item with others.
   *
   * @param giveUpAt when to wait no longer, in milliseconds of `performance.now()`. The item may still be written
   * @throws Error of `write`, or {@link TooLate}
   */
  add(item: Item, giveUpAt: number): Promise<Result>;
}

/** What was to be written was not written in time, or nobody knows. */
export class TooLate extends Error {
  override readonly name = "TooLate";
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly giveUpAt: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Makes a batcher. A write that fails, fails all that wait as well: they would only wait longer for the same. */
export function createBatcher<Item, Result>(settings: BatcherSettings<Item, Result>): Batcher<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let writes = 0;
  let isScheduled = false;
  const rowsInWrites = new Set<string>();

  /** Beside a write that is under way, another is worth its cost only with as many items: fewer go along with the next. */
  function mayWrite(): boolean {
    return writes < settings.maxWrites && queue.length > 0 && queue.length >= rowsInWrites.size;
  }

  function schedule(): void {
    if (isScheduled || !mayWrite()) return;
    isScheduled = true;
    // What arrives in the same turn of the event loop goes along.
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
    // Whoever comes second is heard by nobody.
    outcome.catch(() => {});
    late.promise.catch(() => {});
  }
}
