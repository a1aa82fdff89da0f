/**
 * The queue of outbound requests, in Postgres, shared by every process: in order for each number, and one at a time for each number.
 * Source: https://pgboss.io/api/queues (policy `key_strict_fifo`)
 */
import type { Pool, PoolClient } from "pg";
import { type JobWithMetadata, PgBoss } from "pg-boss";
import { z } from "zod";
import { logError, logWarning } from "../../log/log.ts";

const QUEUE = "outbound";
const POLICY = "key_strict_fifo";

/** A schema of its own: another program's pg-boss in the same database is another version's. */
const SCHEMA = "hub_queue";

/** How long a job stays with a process that ended, in seconds: past everything that one turn may take. */
export const LEASE_SECONDS = 25;

/** How often expired leases are looked for, in seconds. */
const SUPERVISE_SECONDS = 5;

/** Nothing is given up or forgotten by the queue: what becomes of a request is decided from its row. */
const FOR_EVER = { retryLimit: 1_000_000_000, retentionSeconds: 10 * 365 * 24 * 3600 };

/** A finished job is of no more use: the row has what became of it. */
const KEEP_FINISHED_SECONDS = 3600;

/** One turn of a request. */
export interface Turn {
  /** The id of the request's row. */
  readonly id: string;
  /** The job, and which turn of it this is: a process whose lease ended settles nothing. */
  readonly job: { readonly id: string; readonly retryCount: number };
  /** How long ago the turn was taken, in milliseconds, by the clock that goes further: one of them stands still while the machine sleeps. */
  readonly ageMs: () => number;
}

/** The queue. Where it has not been started, each call starts it, and throws Error of `pg` where the database is away. */
export interface Jobs {
  /** Starts the queue, where nobody has. It takes a connection, so nobody who holds one waits for it. */
  ready(): Promise<void>;
  /** Queues a request behind the others of its number, in the transaction of `client`. */
  add(client: PoolClient, id: string, number: string): Promise<void>;
  /** Takes at most as many turns, each of another number. */
  take(limit: number): Promise<Turn[]>;
  /** Ends a request's job, in the transaction of `client`: the number's next one may go. */
  end(client: PoolClient, turn: Turn): Promise<void>;
  /** Gives a turn back, in the transaction of `client`: the same request is next for its number, after a pause in milliseconds. */
  postpone(client: PoolClient, turn: Turn, pauseMs: number): Promise<void>;
  /** Frees the jobs of processes that ended. */
  supervise(): Promise<void>;
  /** Lets go of the queue. The pool stays open. */
  close(): Promise<void>;
}

/** No row has it. A job that is not ours, or is malformed, is one of no request. */
const NO_REQUEST = { id: "00000000-0000-0000-0000-000000000000" };

/** What pg-boss answers to a command, beside what its types say. */
const Affected = z.object({ affected: z.number() });

const JobData = z.object({ id: z.uuid() }).catch(NO_REQUEST);

/** The queue over a pool of connections. */
export function createJobs(pool: Pool): Jobs {
  const boss = new PgBoss({
    db: executor(pool),
    schema: SCHEMA,
    // A start whose first look at the queue failed is well again soon.
    queueCacheIntervalSeconds: SUPERVISE_SECONDS,
    // The workers' rounds call `supervise`, so an outage is theirs to wait for.
    supervise: false,
    schedule: false,
    registerInstance: false,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  });
  boss.on("error", (error) => logError("the queue of outbound requests failed", error));
  boss.on("warning", () => logWarning("the queue of outbound requests has a warning"));
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
      // A failed job is one to be tried again, and holds back those behind it. A turn whose lease ended changes nothing.
      const { affected } = Affected.parse(await queue.fail(QUEUE, job, null, { db }));
      if (affected === 0) return;
      await queue.update(QUEUE, undefined, { id: job.id, startAfter: pauseMs / 1000, db });
    },
    supervise: async () => (await start()).supervise(QUEUE),
    close: () => boss.stop({ graceful: false }),
  };
}

/** A queue that exists keeps its policy, and its settings until they are updated. */
async function startQueue(boss: PgBoss): Promise<void> {
  const settings = { expireInSeconds: LEASE_SECONDS, deleteAfterSeconds: KEEP_FINISHED_SECONDS, ...FOR_EVER };
  await boss.start();
  await boss.createQueue(QUEUE, { policy: POLICY, ...settings });
  await boss.updateQueue(QUEUE, settings);
  const policy = (await boss.getQueue(QUEUE))?.policy;
  if (policy === POLICY) return;
  throw new Error(
    `the queue ${SCHEMA}.${QUEUE} has the policy ${policy}, and not ${POLICY}: rename it; it is not the hub's`,
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
