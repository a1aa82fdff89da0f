/** The work behind the handler's answers. */

import type { Pool } from "pg";
import type { Manifest } from "../hub/manifest.ts";
import { startDispatcher } from "./dispatch/dispatcher.ts";
import type { Environment } from "./environment.ts";
import type { Credentials } from "./secrets.ts";
import { drainSpool } from "./storage/drain.ts";
import type { Spool } from "./storage/spool.ts";
import type { Store } from "./storage/store.ts";
import { startWorker, type Worker } from "./worker.ts";

/** How many connections the workers use at most. */
export const WORKER_CONNECTIONS = 4;

/** What {@link startWorkers} is given. */
export interface WorkersSettings {
  readonly manifest: Manifest;
  readonly credentials: Credentials;
  readonly environment: Environment;
  /** Connections of their own, so that none keeps a webhook waiting. */
  readonly pool: Pool;
  readonly spool: Spool;
  readonly store: Store;
}

/** How often the spool is looked at, and how soon after a failure, in milliseconds: an outage ends for the callers when this notices. */
const DRAIN_EVERY_MS = 500;
const DRAIN_BACKOFF = { fromMs: 250, toMs: 1_000 };

/** Starts every worker. */
export function startWorkers({ manifest, environment, pool, spool, store }: WorkersSettings): Worker[] {
  const { url, hookToken } = environment.openclaw;
  return [
    startWorker({
      name: "drain",
      everyMs: DRAIN_EVERY_MS,
      run: () => drainSpool({ pool, spool, store }),
      backoff: DRAIN_BACKOFF,
    }),
    startDispatcher({ pool, gateway: { url, hookToken }, agents: manifest.openclaw.agents }),
  ];
}
