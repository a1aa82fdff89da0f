/** The workers that send outbound requests. */
import { startQueueWorker } from "../../worker/queue-worker.ts";
import type { Backoff } from "../../worker/retry.ts";
import { startWorker, type Worker } from "../../worker/worker.ts";
import type { Jobs, Turn } from "./job-queue.ts";
import { createSender, type SenderSettings } from "./sender.ts";

/** The settings of {@link startOutbound}. */
export interface OutboundSettings extends Omit<SenderSettings, "jobs"> {
  readonly jobs: Jobs;
  /** How often the queue is polled without a nudge, in milliseconds. Default: 500. */
  readonly everyMs?: number;
}

/** How often the queue is asked to free expired leases, in milliseconds. The queue itself decides whether it is time. */
const SUPERVISE_EVERY_MS = 2_500;

/** The pauses while the database is away. */
const BACKOFF: Backoff = { fromMs: 500, toMs: 5_000 };

/** Starts the workers. Any number of processes may share the queue. At most one request of each number is in work at a time. */
export function startOutbound({ jobs, everyMs = 500, ...settings }: OutboundSettings): Worker[] {
  const work = createSender({ ...settings, jobs });
  return [
    startQueueWorker<Turn>({
      name: "outbound",
      everyMs,
      slots: settings.manifest.numbers.length,
      claim: (limit) => jobs.take(limit),
      work,
      backoff: BACKOFF,
    }),
    startWorker({
      name: "outbound leases",
      everyMs: SUPERVISE_EVERY_MS,
      run: async () => {
        await jobs.supervise();
        return false;
      },
      backoff: BACKOFF,
    }),
  ];
}
