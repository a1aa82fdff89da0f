/** The work behind the outbound endpoint. */
import { startQueueWorker } from "../../work/queue-worker.ts";
import type { Backoff } from "../../work/retry.ts";
import { startWorker, type Worker } from "../../work/worker.ts";
import type { Jobs, Turn } from "./job-queue.ts";
import { createSender, type SenderSettings } from "./sender.ts";

/** What {@link startOutbound} is given. */
export interface OutboundSettings extends Omit<SenderSettings, "jobs"> {
  readonly jobs: Jobs;
  /** How often the queue is asked without a nudge, in milliseconds: half a second by default. */
  readonly everyMs?: number;
}

/** The queue looks itself whether it is time. */
const SUPERVISE_EVERY_MS = 2_500;

/** While the database is away. */
const BACKOFF: Backoff = { fromMs: 500, toMs: 5_000 };

/** Starts sending. Any number of processes may share the queue; each works on one request of each number at most. */
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
