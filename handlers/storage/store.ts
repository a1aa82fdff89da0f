/** Keeps webhooks in the database or, if that is late or away, in the spool. */
import type { Pool } from "pg";
import { batchSize } from "../log/metrics.ts";
import { rowOf, type WebhookRecord } from "../spool/record.ts";
import type { Spool } from "../spool/spool.ts";
import type { Answer } from "../twilio/answer.ts";
import { createBatcher, TooLate } from "./batcher.ts";
import { isAnswer } from "./database-fault.ts";
import { createDatabaseState, type DatabaseCondition } from "./database-state.ts";
import { createRecentAnswers, type RecentAnswers } from "./recent-answers.ts";
import { createTakenKinds, type TakenKinds } from "./taken-kinds.ts";
import { writeWebhooks } from "./write-webhooks.ts";

/** How a webhook was kept, and its answer. */
export interface Kept {
  /** The webhook's own answer; for a repeat, the answer that was given first; for a spooled webhook, the fallback. */
  readonly answer: Answer;
  readonly how: "stored" | "repeat" | "spooled";
}

/** Keeps webhooks. */
export interface Store {
  /**
   * Keeps a webhook, durably once it returns.
   *
   * @param fallback makes the answer for a webhook that goes to the spool
   * @param answerBy the time at which its answer must leave, in milliseconds of `performance.now()`
   * @throws Error if neither the database nor the spool takes it. Its answer must then not be a success
   */
  keep(record: WebhookRecord, fallback: () => Answer, answerBy: number): Promise<Kept>;
  /** Whether the last contact with the database succeeded. If not, webhooks go to the spool at once. */
  isDatabaseUp(): boolean;
  /** The condition that the last contact showed. */
  database(): DatabaseCondition;
  /** Records the last contact with the database: the error, or `undefined` if it worked. */
  noteDatabase(failure: unknown): void;
  /** The kinds of webhooks that the database has stored. */
  readonly taken: TakenKinds;
}

/** The database and the spool of a store. */
export interface StoreSettings {
  readonly pool: Pool;
  /** Undefined without a durable disk, as on Lambda. */
  readonly spool: Spool | undefined;
}

/** The time before an answer's deadline that is reserved for the spool, in milliseconds. */
const SPOOL_SHARE_MS = 1_000;

/** The shortest time for which trying the database is worth it, in milliseconds. */
const LEAST_WRITE_MS = 250;

/** The number of answers in memory. Each has a few kilobytes at most. */
const RECENT_ANSWERS = 2_000;

const MAX_WEBHOOKS_A_STATEMENT = 64;
const MAX_STATEMENTS = 2;
const MAX_WEBHOOKS_A_SPOOL_WRITE = 500;

/** The most connections that the store uses. The webhooks of a statement that failed because of one of them are written alone, several at once. */
export const STORE_CONNECTIONS = 2 * MAX_STATEMENTS;

/** Makes a store. */
export function createStore({ pool, spool }: StoreSettings): Store {
  const state = createDatabaseState();
  const isUp = () => state.current().state === "up";
  const taken = createTakenKinds();
  const running = new Map<string, Promise<Kept>>();
  const recent = createRecentAnswers({ limit: RECENT_ANSWERS, spool });
  const database = createBatcher<WebhookRecord, Kept | Refused>({
    write: (records) => writeBatch({ pool, taken, recent }, records),
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

  async function keepNew(record: WebhookRecord, fallback: () => Answer, answerBy: number): Promise<Kept> {
    const given = recent.get(record.signedHash);
    if (given !== undefined) return { answer: given, how: "repeat" };
    const failure = mayTryDatabase(answerBy)
      ? await tryDatabase(record, answerBy)
      : new Error("the database was not tried");
    if ("answer" in failure) return failure;
    if (spool === undefined) throw failure;
    // A late answer is better than a lost webhook.
    return { answer: await spooling.add({ ...record, answer: fallback() }, undefined), how: "spooled" };
  }

  /**
   * Whether to try the database. Without a spool there is nothing else to try, and nothing else notices that the database is back.
   */
  function mayTryDatabase(answerBy: number): boolean {
    return spool === undefined || (isUp() && answerBy - SPOOL_SHARE_MS - performance.now() > LEAST_WRITE_MS);
  }

  /** A webhook that is late says nothing about the database: its body may have taken the time. Its statement ends, or fails, by itself. */
  async function tryDatabase(record: WebhookRecord, answerBy: number): Promise<Kept | Error> {
    try {
      const outcome = await database.add(record, answerBy - (spool === undefined ? 0 : SPOOL_SHARE_MS));
      state.note(undefined);
      return "refusal" in outcome ? outcome.refusal : outcome;
    } catch (error) {
      if (!(error instanceof TooLate)) state.note(error);
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  return {
    isDatabaseUp: isUp,
    database: state.current,
    noteDatabase: state.note,
    taken,
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

/** The outcome for a webhook whose content the database refuses, or whose row is locked. */
interface Refused {
  readonly refusal: Error;
}

/** The parts that a batch is written with. */
interface Writing {
  readonly pool: Pool;
  readonly taken: TakenKinds;
  readonly recent: RecentAnswers;
}

/** A refused or locked row fails its whole statement. Writing each webhook alone shows which one it was. */
async function writeBatch(writing: Writing, records: readonly WebhookRecord[]): Promise<(Kept | Refused)[]> {
  const { pool, taken, recent } = writing;
  try {
    const repeats = await writeWebhooks(pool, records, false);
    taken.note(records.filter(({ signedHash }) => !repeats.has(signedHash)));
    batchSize.observe(records.length);
    const stored = records.map(({ signedHash, answer }) => ({ signedHash, answer: repeats.get(signedHash) ?? answer }));
    const answers = recent.tell(stored);
    return stored.map(({ signedHash, answer }, index) => {
      const first = answers[index] ?? answer;
      return { answer: first, how: repeats.has(signedHash) || first !== answer ? "repeat" : "stored" };
    });
  } catch (error) {
    if (!(error instanceof Error) || !isAnswer(error)) throw error;
    if (records.length === 1) return [{ refusal: error }];
    return (await Promise.all(records.map((record) => writeBatch(writing, [record])))).flat();
  }
}
