/** The durable spool: a file that holds webhooks until the database takes them. */
import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { z } from "zod";
import type { Answer } from "../twilio/answer.ts";
import type { WebhookRecord } from "./record.ts";

/** A webhook in the spool. */
export interface Spooled {
  /** Its place in the order of arrival. A later webhook has a greater place. */
  readonly place: number;
  readonly record: WebhookRecord;
}

/**
 * A spool file. Only its user can read it, and several processes of one machine may share it. Its calls block: a write returns when the data is
 * on the disk.
 */
export interface Spool {
  /**
   * Keeps all of these webhooks or none, durably once it returns. A repeat is kept once.
   *
   * @returns the answers to give: for a repeat, the answer that was kept
   * @throws Error if the file cannot be written
   */
  keep(records: readonly WebhookRecord[]): Answer[];
  /** The answer of a webhook in the spool, by the hash of its signed string. */
  answerTo(signedHash: string): Answer | undefined;
  /** The oldest webhooks, in their order. */
  oldest(count: number): Spooled[];
  /** Removes webhooks that the database has taken. */
  remove(spooled: readonly Spooled[]): void;
  /** Sets aside a webhook whose content the database refuses, with the reason. It stays in the file, for a person. */
  setAside(spooled: Spooled, reason: string): void;
  /** The webhooks that were set aside, with the reasons. */
  refused(): (Spooled & { readonly reason: string })[];
  /** The number of webhooks that wait. */
  depth(): number;
  close(): void;
}

/** The longest time that a process waits for another one's write, in milliseconds. */
const BUSY_TIMEOUT_MS = 500;

const SCHEMA = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  create table if not exists spool (
    place integer primary key autoincrement,
    signed_hash text not null unique,
    answer text not null,
    record text not null
  ) strict;
  create table if not exists refused (
    place integer primary key,
    record text not null,
    reason text not null,
    refused_at text not null default (datetime('now'))
  ) strict;`;

const AnswerText = z.object({ answer: z.string() });
const Row = z.object({ place: z.number(), record: z.string() });
const RefusedRow = Row.extend({ reason: z.string() });
const Depth = z.object({ depth: z.number() });

/**
 * Opens a spool file, or creates it.
 *
 * @throws Error naming SPOOL_FILE if it cannot be opened or is not a spool
 */
export function openSpool(file: string): Spool {
  const database = openDatabase(file);
  const insert = database.prepare(
    "insert into spool (signed_hash, answer, record) values (?, ?, ?) on conflict (signed_hash) do nothing",
  );
  const selectAnswer = database.prepare("select answer from spool where signed_hash = ?");
  const selectOldest = database.prepare("select place, record from spool order by place limit ?");
  const remove = database.prepare("delete from spool where place = ?");
  const refuse = database.prepare("insert or ignore into refused (place, record, reason) values (?, ?, ?)");
  const selectRefused = database.prepare("select place, record, reason from refused order by place");
  const count = database.prepare("select count(*) as depth from spool");
  const depth = () => Depth.parse(count.get()).depth;
  // Usually the spool is empty. The file is then not read for every webhook.
  let mayHold = depth() > 0;
  return {
    answerTo: (signedHash) => (mayHold ? storedAnswer(selectAnswer, signedHash) : undefined),
    keep: (records) => {
      mayHold = true;
      return transaction(database, () =>
        records.map((record) => {
          insert.run(record.signedHash, JSON.stringify(record.answer), JSON.stringify(record));
          return storedAnswer(selectAnswer, record.signedHash) ?? record.answer;
        }),
      );
    },
    oldest: (limit) =>
      selectOldest.all(limit).map((row) => {
        const { place, record } = Row.parse(row);
        return { place, record: parseRecord(record) };
      }),
    remove: (spooled) => transaction(database, () => spooled.forEach(({ place }) => void remove.run(place))),
    setAside: ({ place, record }, reason) =>
      transaction(database, () => {
        refuse.run(place, JSON.stringify(record), reason);
        remove.run(place);
      }),
    refused: () =>
      selectRefused.all().map((row) => {
        const { place, record, reason } = RefusedRow.parse(row);
        return { place, record: parseRecord(record), reason };
      }),
    depth: () => {
      const waiting = depth();
      mayHold = waiting > 0;
      return waiting;
    },
    close: () => database.close(),
  };
}

function openDatabase(file: string): DatabaseSync {
  try {
    makePrivate(file);
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    database.exec(SCHEMA);
    return database;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`SPOOL_FILE: ${file} cannot be used as the spool: ${reason}`, { cause });
  }
}

/** Lets only its user read the file: it holds what people wrote. SQLite gives its own files beside it the same permissions. */
function makePrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
}

function storedAnswer(select: StatementSync, signedHash: string): Answer | undefined {
  const row = select.get(signedHash);
  return row === undefined ? undefined : JSON.parse(AnswerText.parse(row).answer);
}

/** Parses a record that this module wrote. */
function parseRecord(text: string): WebhookRecord {
  return JSON.parse(text);
}

function transaction<Result>(database: DatabaseSync, run: () => Result): Result {
  database.exec("begin immediate");
  try {
    const result = run();
    database.exec("commit");
    return result;
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (database.isTransaction) database.exec("rollback");
    throw error;
  }
}
