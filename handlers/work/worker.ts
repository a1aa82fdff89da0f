/** Work that goes on behind the handler, round after round. */
import { setTimeout as delay } from "node:timers/promises";
import { logError, logInfo } from "../log/log.ts";
import { type Backoff, backoffMs } from "./retry.ts";

/** What {@link startWorker} is given. */
export interface WorkerSettings {
  /** What the log calls it. */
  readonly name: string;
  /** The pause between two rounds, in milliseconds. */
  readonly everyMs: number;
  /** One round, the first at once. True where there is more to do: then the next follows without a pause. */
  readonly run: (signal: AbortSignal) => Promise<boolean>;
  /** The pauses after rounds that failed: up to 30 seconds by default. */
  readonly backoff?: Backoff | undefined;
}

/** A worker that runs. Its timer keeps the process alive: whoever starts it stops it. */
export interface Worker {
  /** Ends the pause. In the middle of a round another follows; after a failure the pause stays as long as it is. */
  nudge(): void;
  /** Aborts the round's signal and waits until the round has ended. */
  stop(): Promise<void>;
}

const BACKOFF: Backoff = { fromMs: 500, toMs: 30_000 };

/** Starts a worker. A round that fails ends nothing: the first of an outage is logged, and so is the end of the outage. */
export function startWorker({ name, everyMs, run, backoff = BACKOFF }: WorkerSettings): Worker {
  const stopping = new AbortController();
  let pause = new AbortController();
  let failures = 0;
  const round = async (): Promise<number> => {
    try {
      const hasMore = await run(stopping.signal);
      if (failures > 0) logInfo("a worker is well again", { worker: name, failures });
      failures = 0;
      return hasMore ? 0 : everyMs;
    } catch (error) {
      failures += 1;
      if (failures === 1 && !stopping.signal.aborted)
        logError("a worker failed, and is tried again", error, { worker: name });
      return backoffMs(failures, backoff);
    }
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      pause = new AbortController();
      const pauseMs = await round();
      // A database that is away must not be asked at every nudge.
      if (pauseMs > 0) await sleep(pauseMs, failures > 0 ? stopping.signal : pause.signal);
    }
  };
  const ended = loop();
  const stop = () => {
    stopping.abort();
    pause.abort();
    return ended;
  };
  return { nudge: () => pause.abort(), stop };
}

/** Waits, shorter where the signal is aborted. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
