/** Group commit: items that arrive during a write are written together by the next one. */

/** The settings of a {@link Batcher}. */
export interface BatcherSettings<Item, Result> {
  /** Writes items, durably once it returns. Returns a result for each, in their order. It must settle in bounded time. */
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
   * @param giveUpAt the time at which waiting for this item ends, in milliseconds of `performance.now()`; undefined to wait for its write. If the
   *   item is in a write by then, it may still be written
   * @throws Error of `write`, or {@link TooLate}
   */
  add(item: Item, giveUpAt: number | undefined): Promise<Result>;
}

/** The item was not written in time. That concerns no other item: a webhook whose body came slowly has little time left. */
export class TooLate extends Error {
  override readonly name = "TooLate";
}

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Makes a batcher. A failed write also fails all waiting items, which would only wait longer for the same failure. */
export function createBatcher<Item, Result>(settings: BatcherSettings<Item, Result>): Batcher<Item, Result> {
  const queue = new Set<Waiting<Item, Result>>();
  let writes = 0;
  let isScheduled = false;
  const rowsInWrites = new Set<string>();

  /** Whether to start a write. During another one it is worth its cost only with at least as many items; fewer wait for the next. */
  function mayWrite(): boolean {
    return writes < settings.maxWrites && queue.size > 0 && queue.size >= rowsInWrites.size;
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
    for (const waiting of queue) {
      if (batch.length === settings.maxItems) break;
      const row = settings.rowOf(waiting.item);
      if (rowsInWrites.has(row)) continue;
      rowsInWrites.add(row);
      queue.delete(waiting);
      batch.push(waiting);
    }
    return batch;
  }

  async function writeBatch(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    writes += 1;
    try {
      const results = await settings.write(batch.map(({ item }) => item));
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      for (const { reject } of [...batch, ...queue]) reject(error);
      queue.clear();
    } finally {
      writes -= 1;
      for (const { item } of batch) rowsInWrites.delete(settings.rowOf(item));
      schedule();
    }
  }

  return {
    add: async (item, giveUpAt) => {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      const waiting = { item, resolve, reject };
      queue.add(waiting);
      schedule();
      if (giveUpAt === undefined) return promise;
      const giveUp = () => {
        queue.delete(waiting);
        reject(new TooLate("not written in time"));
      };
      const timer = setTimeout(giveUp, giveUpAt - performance.now());
      return promise.finally(() => clearTimeout(timer));
    },
  };
}
