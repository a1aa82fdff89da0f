/** Starts the whole handler on a server: its storage, its workers and its two ports. */
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Manifest } from "../hub/manifest.ts";
import { rememberRefusedKeys } from "./alerts/refused-keys.ts";
import { startAdminServer } from "./hosts/admin-server.ts";
import { startServer } from "./hosts/node-server.ts";
import { readinessOf } from "./hosts/readiness.ts";
import { registry } from "./log/metrics.ts";
import { createOutboundEndpoint } from "./outbound/endpoint/endpoint.ts";
import type { PreSendGatesFactory } from "./outbound/gate/create-pre-send-gates.ts";
import { createJobs } from "./outbound/queue/job-queue.ts";
import { createOutbox } from "./outbound/queue/outbox.ts";
import { openSpool } from "./spool/spool.ts";
import { spoolMetrics } from "./spool/spool-metrics.ts";
import type { Credentials } from "./start/credentials.ts";
import type { Environment } from "./start/environment.ts";
import { connectDatabase } from "./storage/database.ts";
import { askDatabase } from "./storage/database-probe.ts";
import { createHealth } from "./storage/health.ts";
import { createStore, STORE_CONNECTIONS } from "./storage/store.ts";
import { createApp } from "./webhook/app.ts";
import type { Worker } from "./worker/worker.ts";
import { startWorkers, WORKER_CONNECTIONS } from "./workers.ts";

/** The settings of {@link startHub}. */
export interface HubSettings {
  readonly manifest: Manifest;
  readonly credentials: Credentials;
  readonly environment: Environment;
  /** Makes the gates that a text passes after its sender's approvals. Default: `createPreSendGates`. */
  readonly preSendGates?: PreSendGatesFactory;
}

/** The most connections that the outbound endpoint uses. */
const OUTBOX_CONNECTIONS = 2;

/** The connections that the examination of the storage uses: one at a time. */
const HEALTH_CONNECTIONS = 1;

/** A running handler. */
export interface RunningHub {
  readonly port: number;
  readonly adminPort: number;
  /** Lets requests in progress finish, webhooks first, then stops the workers and closes everything. */
  close(): Promise<void>;
}

/**
 * Starts the handler. If the database is away, webhooks go to the spool.
 *
 * @throws Error naming the variable or config key if the spool cannot be opened or a port is not available. Nothing is then left running
 */
export async function startHub(settings: HubSettings): Promise<RunningHub> {
  const { manifest, credentials, environment } = settings;
  registerProcessMetrics();
  await using opened = new AsyncDisposableStack();
  const spool = opened.adopt(openSpool(environment.spoolFile), (file) => file.close());
  const connect = (connections: number) =>
    opened.adopt(connectDatabase(environment.databaseUrl, connections, environment.databaseCa), (pool) => pool.end());
  const pool = connect(STORE_CONNECTIONS);
  const store = createStore({ pool, spool });
  await askDatabase({ pool, store });
  const { answerDeadlineMs } = environment;
  const refusedKeys = rememberRefusedKeys();
  const app = createApp({ manifest, credentials, store, answerDeadlineMs, refusedKeys });
  const status = { stopping: false };
  // A connection of its own: the examination must neither wait for webhooks and workers, nor hold them up.
  const health = createHealth({ pool: connect(HEALTH_CONNECTIONS), spool, store });
  const readiness = async () => readinessOf(await health(), status.stopping);
  const { port, adminPort } = manifest.handler;
  const workerPool = connect(WORKER_CONNECTIONS);
  const jobs = opened.adopt(createJobs(workerPool), (queue) => queue.close());
  // The outbox has its own connections: many requests at once must not delay the workers, which have outcomes to write.
  const outbox = createOutbox(connect(OUTBOX_CONNECTIONS), jobs);
  const outbound = createOutboundEndpoint({ manifest, token: environment.outboundToken, outbox });
  const metrics = Registry.merge([registry, spoolMetrics(spool)]);
  const admin = await startAdminServer({ port: adminPort, readiness, registry: metrics, outbound });
  opened.defer(admin.close);
  opened.adopt(startWorkers({ ...settings, pool: workerPool, spool, store, jobs, health, refusedKeys }), stopAll);
  const server = await startServer({ app, port });
  opened.defer(server.close);
  opened.defer(() => {
    status.stopping = true;
  });
  // Everything is closed in the opposite order of opening, even if closing one of them fails.
  const running = opened.move();
  return { port: server.port, adminPort: admin.port, close: () => running.disposeAsync() };
}

async function stopAll(workers: readonly Worker[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker.stop()));
}

/** Registers the metrics of the process once, even if it starts several hubs. */
function registerProcessMetrics(): void {
  if (registry.getSingleMetric("process_resident_memory_bytes") === undefined)
    collectDefaultMetrics({ register: registry });
}
