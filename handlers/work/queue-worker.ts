/** A worker over a table: it claims what is due, and works on a few at a time. */
import { logError } from "../log/log.ts";
import type { Backoff } from "./retry.ts";
import { startWorker, type Worker } from "./worker.ts";

/** What {@link startQueueWorker} is given. */
export interface QueueSettings<Item> {
  /** What the log calls it. */
  readonly name: string;
  /** How often the table is asked, in milliseconds. It is asked besides whenever an item is done, and at every nudge. */
  readonly everyMs: number;
  /** How many items are worked on at once. */
  readonly slots: number;
  /** Takes at most as many items from the table, so that nobody else takes them for a while. */
  readonly claim: (limit: number) => Promise<readonly Item[]>;
  /** Works on an item and writes the outcome. Where it throws, the item is claimed again when its lease ends. */
  readonly work: (item: Item, signal: AbortSignal) => Promise<void>;
  readonly backoff?: Backoff | undefined;
}

/** Starts the worker. A slow item holds up its own slot alone. `stop` waits for the items at work, whose signal it aborts. */
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
