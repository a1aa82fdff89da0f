/** The durable spool: webhooks that the database did not take, in a file, until it takes them. */
import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { z } from "zod";
import type { Answer } from "../twilio/answer.ts";
import type { WebhookRecord } from "./record.ts";

/** A webhook in the spool. */
export interface Spooled {
  /** Its place: a later one has a greater. */
  readonly place: number;
  readonly record: WebhookRecord;
}

/**
 * A spool file, which its user alone can read, and which several processes of one machine may share. Its calls block: a write returns when it
 * is on the disk.
 */
export interface Spool {
  /**
   * Keeps webhooks, durably once it returns: all or none. A repeat is kept once.
   *
   * @returns the answers to give: for a repeat the one that was kept
   * @throws Error where the file cannot be written
   */
  keep(records: readonly WebhookRecord[]): Answer[];
  /** The answer kept for a signed string, if it waits here. */
  answerTo(signedHash: string): Answer | undefined;
  /** The oldest that wait, in their order. */
  oldest(count: number): Spooled[];
  /** Forgets webhooks that the database has now. */
  remove(spooled: readonly Spooled[]): void;
  /** Puts aside a webhook that the database refuses for what it is, with the reason. It stays in the file, for a person. */
  setAside(spooled: Spooled, reason: string): void;
  /** What was put aside, with the reasons. */
  refused(): (Spooled & { readonly reason: string })[];
  /** How many wait. */
  depth(): number;
  close(): void;
}

/** How long a process waits for another one's write, in milliseconds. */
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
 * Opens a spool file, or makes it.
 *
 * @throws Error naming SPOOL_FILE where it cannot be opened or is no spool
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
  // Most of the time nothing waits, and then no webhook pays for a look into the file.
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

/** It holds what people wrote. SQLite gives the files beside it the same permissions. */
function makePrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
}

function storedAnswer(select: StatementSync, signedHash: string): Answer | undefined {
  const row = select.get(signedHash);
  return row === undefined ? undefined : JSON.parse(AnswerText.parse(row).answer);
}

/** What this module wrote itself. */
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
    // A full disk has ended it already.
    if (database.isTransaction) database.exec("rollback");
    throw error;
  }
}
