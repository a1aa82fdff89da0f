/** Work in the background, round after round. */
import { setTimeout as delay } from "node:timers/promises";
import { logError, logInfo } from "../log/log.ts";
import { type Backoff, backoffMs } from "./retry.ts";

/** The settings of {@link startWorker}. */
export interface WorkerSettings {
  /** The name in the log. */
  readonly name: string;
  /** The pause between two rounds, in milliseconds. */
  readonly everyMs: number;
  /** A round; the first begins at once. Returns true if there is more to do: the next round then follows without a pause. */
  readonly run: (signal: AbortSignal) => Promise<boolean>;
  /** The pauses after failed rounds. Default: up to 30 seconds. */
  readonly backoff?: Backoff | undefined;
}

/** A running worker. Its timer keeps the process alive, so the code that starts it must stop it. */
export interface Worker {
  /** Ends the pause, or makes another round follow the running one. It does not shorten the pause after a failure. */
  nudge(): void;
  /** Aborts the round's signal and waits until the round has ended. */
  stop(): Promise<void>;
}

const BACKOFF: Backoff = { fromMs: 500, toMs: 30_000 };

/** Starts a worker. It continues after a failed round. The first failure of an outage is logged, and so is its end. */
export function startWorker({ name, everyMs, run, backoff = BACKOFF }: WorkerSettings): Worker {
  const stopping = new AbortController();
  let pause = new AbortController();
  let failures = 0;
  const round = async (): Promise<number> => {
    try {
      const hasMore = await run(stopping.signal);
      if (failures > 0) logInfo("a worker recovered", { worker: name, failures });
      failures = 0;
      return hasMore ? 0 : everyMs;
    } catch (error) {
      failures += 1;
      if (failures === 1 && !stopping.signal.aborted)
        logError("a worker failed and tries again", error, { worker: name });
      return backoffMs(failures, backoff);
    }
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      pause = new AbortController();
      const pauseMs = await round();
      // A nudge must not hurry the next try while the database is away.
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

/** Waits, or returns early if the signal is aborted. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
