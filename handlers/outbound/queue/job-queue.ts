/**
 * The queue of outbound requests, in Postgres and shared by every process. Each number's requests run in order and one at a time.
 * Source: https://pgboss.io/api/queues (policy `key_strict_fifo`)
 */
import type { Pool, PoolClient } from "pg";
import { type JobWithMetadata, PgBoss } from "pg-boss";
import { z } from "zod";
import { logError, logWarning } from "../../log/log.ts";

const QUEUE = "outbound";
const POLICY = "key_strict_fifo";

/** The hub's own schema: another program may use a different pg-boss version in the same database. */
const SCHEMA = "hub_queue";

/** How long a process that ended keeps its job, in seconds: longer than any turn may take. */
export const LEASE_SECONDS = 25;

/** How often pg-boss checks for expired leases, in seconds. */
const SUPERVISE_SECONDS = 5;

/** The queue itself never gives a job up or drops it: the request's row decides. */
const FOR_EVER = { retryLimit: 1_000_000_000, retentionSeconds: 10 * 365 * 24 * 3600 };

/** A finished job is useless: its outcome is in the row. */
const KEEP_FINISHED_SECONDS = 3600;

/** A turn of a request. */
export interface Turn {
  /** The id of the request's row. */
  readonly id: string;
  /** The job and the number of this turn, so that a process whose lease ended cannot settle a later turn. */
  readonly job: { readonly id: string; readonly retryCount: number };
  /** The turn's age in milliseconds, by whichever clock advanced further: one of them stands still while the machine sleeps. */
  readonly ageMs: () => number;
}

/** The queue. Every method except `close` starts it first unless it runs, and throws the `pg` error if the database is away. */
export interface Jobs {
  /**
   * Starts the queue unless it runs. Starting takes a connection from the pool, so never await this while you hold one: the two could
   * wait for each other.
   */
  ready(): Promise<void>;
  /** Queues a request behind the others of its number, in the transaction of `client`. */
  add(client: PoolClient, id: string, number: string): Promise<void>;
  /** Takes up to `limit` turns, each for a different number. */
  take(limit: number): Promise<Turn[]>;
  /** Ends a request's job, in the transaction of `client`. The number's next request may then go. */
  end(client: PoolClient, turn: Turn): Promise<void>;
  /** Gives a turn back, in the transaction of `client`. The same request is the number's next one, after `pauseMs` milliseconds. */
  postpone(client: PoolClient, turn: Turn, pauseMs: number): Promise<void>;
  /** Frees the jobs of processes that ended. */
  supervise(): Promise<void>;
  /** Stops using the queue. The pool stays open. */
  close(): Promise<void>;
}

/** The id of a foreign or malformed job. No row has it. */
const NO_REQUEST = { id: "00000000-0000-0000-0000-000000000000" };

/** The part of pg-boss's answer that its types leave out. */
const Affected = z.object({ affected: z.number() });

const JobData = z.object({ id: z.uuid() }).catch(NO_REQUEST);

/** Makes the queue over a pool of connections. */
export function createJobs(pool: Pool): Jobs {
  const boss = new PgBoss({
    db: executor(pool),
    schema: SCHEMA,
    // If the first look at the queue failed, the next one comes soon.
    queueCacheIntervalSeconds: SUPERVISE_SECONDS,
    // A worker calls `supervise` instead, so that its backoff covers an outage.
    supervise: false,
    schedule: false,
    registerInstance: false,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  });
  boss.on("error", (error) => logError("the queue of outbound requests failed", error));
  boss.on("warning", () => logWarning("the queue of outbound requests reported a warning"));
  let started: Promise<unknown> | undefined;
  const start = async () => {
    started ??= startQueue(boss).catch((error: unknown) => {
      started = undefined;
      throw error;
    });
    await started;
    return boss;
  };
  return {
    ready: async () => {
      await start();
    },
    add: async (client, id, number) => {
      const queue = await start();
      await queue.send(QUEUE, { id }, { singletonKey: number, db: executor(client) });
    },
    take: async (limit) => {
      const queue = await start();
      const jobs = await queue.fetch(QUEUE, { batchSize: limit, includeMetadata: true });
      return jobs.map(turnOf);
    },
    end: async (client, { job }) => {
      await (await start()).complete(QUEUE, job, null, { db: executor(client) });
    },
    postpone: async (client, { job }, pauseMs) => {
      const queue = await start();
      const db = executor(client);
      // A failed job is retried and holds back the jobs behind it. A turn whose lease ended affects no job.
      const { affected } = Affected.parse(await queue.fail(QUEUE, job, null, { db }));
      if (affected === 0) return;
      await queue.update(QUEUE, undefined, { id: job.id, startAfter: pauseMs / 1000, db });
    },
    supervise: async () => (await start()).supervise(QUEUE),
    close: () => boss.stop({ graceful: false }),
  };
}

/** Starts pg-boss and makes the queue. An existing queue keeps its policy, and keeps its settings until they are updated. */
async function startQueue(boss: PgBoss): Promise<void> {
  const settings = { expireInSeconds: LEASE_SECONDS, deleteAfterSeconds: KEEP_FINISHED_SECONDS, ...FOR_EVER };
  await boss.start();
  await boss.createQueue(QUEUE, { policy: POLICY, ...settings });
  await boss.updateQueue(QUEUE, settings);
  const policy = (await boss.getQueue(QUEUE))?.policy;
  if (policy === POLICY) return;
  throw new Error(
    `the queue ${SCHEMA}.${QUEUE} has the policy ${policy}; expected ${POLICY}. It is not the hub's queue: rename it`,
  );
}

function turnOf({ id, retryCount, data }: JobWithMetadata<unknown>): Turn {
  const [takenAt, takenOn] = [performance.now(), Date.now()];
  const ageMs = () => Math.max(performance.now() - takenAt, Date.now() - takenOn);
  return { id: JobData.parse(data).id, job: { id, retryCount }, ageMs };
}

function executor(connection: Pool | PoolClient) {
  return { executeSql: (text: string, values?: unknown[]) => connection.query(text, values) };
}
