/** Where webhooks are kept: in the database, or, where that is late or away, in the spool. */
import type { Pool } from "pg";
import { logError, logInfo } from "../log/log.ts";
import { batchSize } from "../log/metrics.ts";
import type { Answer } from "../twilio/answer.ts";
import { createBatcher } from "./batcher.ts";
import { isAway } from "./database.ts";
import { createRecentAnswers } from "./recent-answers.ts";
import { rowOf, type WebhookRecord } from "./record.ts";
import type { Spool } from "./spool.ts";
import { writeWebhooks } from "./write-webhooks.ts";

/** How a webhook was kept, and what it is answered with. */
export interface Kept {
  /** The webhook's own answer; for a repeat the one that was given first; the fallback where it went to the spool. */
  readonly answer: Answer;
  readonly how: "stored" | "repeat" | "spooled";
}

/** Keeps webhooks. */
export interface Store {
  /**
   * Keeps a webhook, durably once it returns.
   *
   * @param fallback gives what to answer where it goes to the spool
   * @param answerBy when its answer must leave, in milliseconds of `performance.now()`
   * @throws Error where neither the database nor the spool takes it. It must not be answered with a success then
   */
  keep(record: WebhookRecord, fallback: () => Answer, answerBy: number): Promise<Kept>;
  /** Whether the last that was heard of the database is good. While it is not, webhooks go to the spool at once. */
  isDatabaseUp(): boolean;
  /** Notes what was heard of the database: undefined that it works. */
  noteDatabase(failure: unknown): void;
}

/** What a store keeps its webhooks in. */
export interface StoreSettings {
  readonly pool: Pool;
  /** Undefined where no disk is durable, as on Lambda. */
  readonly spool: Spool | undefined;
}

/** What is left of the time for an answer when the database is given up, in milliseconds: the spool's share. */
const SPOOL_SHARE_MS = 1_000;

/** What the database must be given at least, in milliseconds, to be worth a try. */
const LEAST_WRITE_MS = 250;

/** How many answers are kept in memory: some kilobytes each at most. */
const RECENT_ANSWERS = 2_000;

const MAX_WEBHOOKS_A_STATEMENT = 64;
const MAX_STATEMENTS = 2;
const MAX_WEBHOOKS_A_SPOOL_WRITE = 500;

/** As many connections as the store uses: a statement that was given up keeps its own until it ends. */
export const STORE_CONNECTIONS = 2 * MAX_STATEMENTS;

/** Makes a store. */
export function createStore({ pool, spool }: StoreSettings): Store {
  let isUp = true;
  const running = new Map<string, Promise<Kept>>();
  const recent = createRecentAnswers(RECENT_ANSWERS);
  const database = createBatcher<WebhookRecord, Kept | Refused>({
    write: (records) => writeBatch(pool, records),
    rowOf,
    maxItems: MAX_WEBHOOKS_A_STATEMENT,
    maxWrites: MAX_STATEMENTS,
  });
  const spooling = createBatcher<WebhookRecord, Answer>({
    write: async (records) => spool?.keep(records) ?? [],
    rowOf: ({ signedHash }) => signedHash,
    maxItems: MAX_WEBHOOKS_A_SPOOL_WRITE,
    maxWrites: 1,
  });

  function noteDatabase(failure: unknown): void {
    const wasUp = isUp;
    isUp = failure === undefined;
    if (wasUp && !isUp) logError("the database is away", failure);
    if (!wasUp && isUp) logInfo("the database is back");
  }

  async function keepNew(record: WebhookRecord, fallback: () => Answer, answerBy: number): Promise<Kept> {
    const given = recent.get(record.signedHash) ?? answerInSpool(record.signedHash);
    if (given !== undefined) return { answer: given, how: "repeat" };
    const failure = mayTryDatabase(answerBy)
      ? await tryDatabase(record, answerBy)
      : new Error("the database was not tried");
    if ("answer" in failure) return failure;
    if (spool === undefined) throw failure;
    return { answer: await spooling.add({ ...record, answer: fallback() }, answerBy), how: "spooled" };
  }

  /** A spool that cannot be read must not keep a webhook from the database. */
  function answerInSpool(signedHash: string): Answer | undefined {
    try {
      return spool?.answerTo(signedHash);
    } catch (error) {
      logError("the spool cannot be read", error);
      return undefined;
    }
  }

  /**
   * Without a spool there is nothing else to try, and nothing that would notice that the database is back. A webhook that came with no time
   * left, since its body was slow, would fail the others of its statement.
   */
  function mayTryDatabase(answerBy: number): boolean {
    return spool === undefined || (isUp && answerBy - SPOOL_SHARE_MS - performance.now() > LEAST_WRITE_MS);
  }

  async function tryDatabase(record: WebhookRecord, answerBy: number): Promise<Kept | Error> {
    try {
      const outcome = await database.add(record, answerBy - (spool === undefined ? 0 : SPOOL_SHARE_MS));
      noteDatabase(undefined);
      return "refusal" in outcome ? outcome.refusal : outcome;
    } catch (error) {
      noteDatabase(error);
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  return {
    isDatabaseUp: () => isUp,
    noteDatabase,
    keep: (record, fallback, answerBy) => {
      const { signedHash } = record;
      const first = running.get(signedHash);
      if (first !== undefined) return first.then((kept) => ({ ...kept, how: "repeat" }));
      const kept = keepNew(record, fallback, answerBy)
        .then((outcome) => {
          recent.set(signedHash, outcome.answer);
          return outcome;
        })
        .finally(() => running.delete(signedHash));
      running.set(signedHash, kept);
      return kept;
    },
  };
}

/** A webhook that the database refuses for what it is, or whose row is locked. */
interface Refused {
  readonly refusal: Error;
}

/** One that is refused or locked takes the others of its statement down; alone, each shows which it is. */
async function writeBatch(pool: Pool, records: readonly WebhookRecord[]): Promise<(Kept | Refused)[]> {
  try {
    const repeats = await writeWebhooks(pool, records, false);
    batchSize.observe(records.length);
    return records.map(({ signedHash, answer }) => keptAs(answer, repeats.get(signedHash)));
  } catch (error) {
    if (!(error instanceof Error) || isAway(error)) throw error;
    if (records.length === 1) return [{ refusal: error }];
    return (await Promise.all(records.map((record) => writeBatch(pool, [record])))).flat();
  }
}

function keptAs(answer: Answer, stored: Answer | undefined): Kept {
  return stored === undefined ? { answer, how: "stored" } : { answer: stored, how: "repeat" };
}
