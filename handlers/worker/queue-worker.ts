/** A worker over a table: it claims what is due, and works on a few at a time. */
import { logError } from "../log/log.ts";
import type { Backoff } from "./retry.ts";
import { startWorker, type Worker } from "./worker.ts";

/** The settings of {@link startQueueWorker}. */
export interface QueueSettings<Item> {
  /** The name in the log. */
  readonly name: string;
  /** The interval at which the table is read, in milliseconds. It is also read after each item and at every nudge. */
  readonly everyMs: number;
  /** The most items in work at once. */
  readonly slots: number;
  /** Claims up to `limit` items. No other process gets them until their lease ends. */
  readonly claim: (limit: number) => Promise<readonly Item[]>;
  /** Works on an item and writes the outcome. If it throws, the item is claimed again when its lease ends. */
  readonly work: (item: Item, signal: AbortSignal) => Promise<void>;
  readonly backoff?: Backoff | undefined;
}

/** Starts the worker. A slow item holds up only its own slot. `stop` aborts the signal of the items in work and waits for them. */
export function startQueueWorker<Item>(settings: QueueSettings<Item>): Worker {
  const { name, everyMs, slots, claim, work, backoff } = settings;
  const running = new Set<Promise<void>>();
  const start = (item: Item, signal: AbortSignal) => {
    const done = work(item, signal)
      .catch((error: unknown) => logError("an outcome was not stored", error, { worker: name }))
      .finally(() => {
        running.delete(done);
        worker.nudge();
      });
    running.add(done);
  };
  const run = async (signal: AbortSignal) => {
    const free = slots - running.size;
    if (free > 0) for (const item of await claim(free)) start(item, signal);
    return false;
  };
  const worker = startWorker({ name, everyMs, run, backoff });
  const stop = async () => {
    await worker.stop();
    await Promise.all(running);
  };
  return { nudge: worker.nudge, stop };
}
