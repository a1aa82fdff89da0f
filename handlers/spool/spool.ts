/** The durable spool: a file that holds webhooks until the database takes them. */
import type { StatementSync } from "node:sqlite";
import { z } from "zod";
import type { Answer } from "../twilio/answer.ts";
import { createDrainLease } from "./drain-lease.ts";
import { answerFrom, createGivenAnswers, type GivenAnswer } from "./given-answers.ts";
import type { WebhookRecord } from "./record.ts";
import { inFileTransaction, openSpoolFile } from "./spool-file.ts";

/** A webhook in the spool. */
export interface Spooled {
  /** Its place in the order of arrival. A later webhook has a greater place. */
  readonly place: number;
  readonly record: WebhookRecord;
}

/** The webhooks to take next. */
export interface HeadsWanted {
  /** The most webhooks. */
  readonly count: number;
  /** The most characters of their records together. A longer record is taken alone. */
  readonly length: number;
  /** The rows (`rowOf`) and the kinds of events to leave out. */
  readonly without: { readonly rows: readonly string[]; readonly kinds: readonly string[] };
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
  /** The answer that a process of this machine gave to a webhook, by the hash of its signed string, if it is known. */
  answerTo(signedHash: string): Answer | undefined;
  /**
   * Notes answers that are about to be given, for the other processes of this machine. They outlive this process, but maybe not the machine. Writes
   * that take longer than a moment are given up.
   *
   * @returns the answers to give: if another process gave one first, that one
   * @throws Error of SQLite if the file is locked or cannot be written
   */
  give(answers: readonly GivenAnswer[]): Answer[];
  /** The first webhook of each row, in their order. Later ones of a row wait until the first is removed. */
  heads(wanted: HeadsWanted): Spooled[];
  /** Takes or extends the right to drain the spool, for some seconds; false if another process has it. `close` gives it back. */
  mayDrain(): boolean;
  /** Removes webhooks that the database has taken. */
  remove(spooled: readonly Spooled[]): void;
  /** Sets aside a webhook whose content the database refuses, with the reason. It stays in the file, for a person. */
  setAside(spooled: Spooled, reason: string): void;
  /** The oldest webhooks that were set aside and came after a place, with the reasons. */
  refused(count: number, afterPlace?: number): (Spooled & { readonly reason: string })[];
  /** The number of webhooks that were set aside. */
  refusedCount(): number;
  /** Removes a webhook that was set aside, since the database has taken it. */
  removeRefused(spooled: Spooled): void;
  /** The number of webhooks that wait. */
  depth(): number;
  /** When the webhook that has waited longest came into the spool, in milliseconds since 1970; undefined if none waits. */
  oldestKeptAt(): number | undefined;
  /**
   * Writes as much as a webhook needs, durably.
   *
   * @throws Error of SQLite if the file is locked or cannot be written
   */
  checkWrite(): void;
  close(): void;
}

/** The longest time that a process waits for another one's write, in milliseconds. */
const BUSY_TIMEOUT_MS = 500;

/** The same for the answers that the database has too: a webhook must not wait long for them. */
const GIVE_TIMEOUT_MS = 50;

/** The pages after which these answers are copied from the write-ahead log into the file, which waits for the disk. 16 MB, so that it is rare. */
const CHECKPOINT_PAGES = 4_000;

/** The earlier webhook of the same row is found by the index, so the cost does not grow with the file. */
const HEADS = `
  select place, record from spool as this
  where row_key not in (select value from json_each(?))
    and record ->> '$.event.kind' not in (select value from json_each(?))
    and not exists (select 1 from spool as earlier where earlier.row_key = this.row_key and earlier.place < this.place)
  order by place limit ?`;

/** An earlier release leaves `kept_at` empty. */
const OLDEST = `
  select coalesce(kept_at, unixepoch(record ->> '$.event.receivedAt') * 1000) as kept_at from spool order by place limit 1`;

/** Replaces the content, so that the file does not grow. A webhook's record has about as many bytes at most. */
const CHECK_WRITE = "insert or replace into write_check (id, content) values (1, randomblob(65536))";

const AnswerText = z.object({ answer: z.string() });
const Row = z.object({ place: z.number(), record: z.string() });
const RefusedRow = Row.extend({ reason: z.string() });
const Oldest = z.object({ kept_at: z.number() });
const Depth = z.object({ depth: z.number() });

/**
 * Opens a spool file, or creates it.
 *
 * @throws Error naming SPOOL_FILE if it cannot be opened or is not a spool
 */
export function openSpool(file: string): Spool {
  const database = openSpoolFile(file, { synchronous: "full", busyTimeoutMs: BUSY_TIMEOUT_MS });
  const insert = database.prepare(
    "insert into spool (signed_hash, answer, record, kept_at) values (?, ?, ?, ?) on conflict (signed_hash) do nothing",
  );
  const selectAnswer = database.prepare("select answer from spool where signed_hash = ?");
  const selectHeads = database.prepare(HEADS);
  const remove = database.prepare("delete from spool where place = ?");
  const refuse = database.prepare("insert or ignore into refused (place, record, reason) values (?, ?, ?)");
  const selectRefused = database.prepare(
    "select place, record, reason from refused where place > ? order by place limit ?",
  );
  const countRefused = database.prepare("select count(*) as depth from refused");
  const removeRefused = database.prepare("delete from refused where place = ?");
  const selectOldest = database.prepare(OLDEST);
  const count = database.prepare("select count(*) as depth from spool");
  const checkWrite = database.prepare(CHECK_WRITE);
  const depth = () => Depth.parse(count.get()).depth;
  const answers = createGivenAnswers(database);
  // The database has these answers too, so they need not wait for the disk.
  const sharing = openSpoolFile(file, { synchronous: "normal", busyTimeoutMs: GIVE_TIMEOUT_MS });
  sharing.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const [noteDurably, noteSoon] = [answers.noteOver(database), answers.noteOver(sharing)];
  const lease = createDrainLease(sharing);
  const answerTo = (signedHash: string) => answers.find(signedHash) ?? storedAnswer(selectAnswer, signedHash);
  return {
    answerTo,
    give: (given) => inFileTransaction(sharing, () => noteSoon(given)),
    keep: (records) =>
      inFileTransaction(database, () => {
        const given = records.map(({ signedHash, answer }) => ({ signedHash, answer: answerTo(signedHash) ?? answer }));
        const first = noteDurably(given);
        for (const [index, record] of records.entries()) {
          const answer = first[index] ?? record.answer;
          insert.run(record.signedHash, JSON.stringify(answer), JSON.stringify({ ...record, answer }), Date.now());
        }
        return first;
      }),
    heads: ({ count: most, length, without }) =>
      upTo(length, selectHeads.iterate(JSON.stringify(without.rows), JSON.stringify(without.kinds), most)).map(
        ({ place, record }) => ({
          place,
          record: parseRecord(record),
        }),
      ),
    mayDrain: () => lease.take(),
    remove: (spooled) => inFileTransaction(database, () => spooled.forEach(({ place }) => void remove.run(place))),
    setAside: ({ place, record }, reason) =>
      inFileTransaction(database, () => {
        refuse.run(place, JSON.stringify(record), reason);
        remove.run(place);
      }),
    refused: (limit, afterPlace = 0) =>
      selectRefused.all(afterPlace, limit).map((row) => {
        const { place, record, reason } = RefusedRow.parse(row);
        return { place, record: parseRecord(record), reason };
      }),
    oldestKeptAt: () => {
      const row = selectOldest.get();
      return row === undefined ? undefined : Oldest.parse(row).kept_at;
    },
    refusedCount: () => Depth.parse(countRefused.get()).depth,
    removeRefused: ({ place }) => void removeRefused.run(place),
    depth,
    checkWrite: () => void checkWrite.run(),
    close: () => {
      lease.release();
      sharing.close();
      database.close();
    },
  };
}

/** The first rows whose records have at most so many characters together, and at least one. */
function upTo(length: number, rows: Iterable<unknown>): z.infer<typeof Row>[] {
  const taken: z.infer<typeof Row>[] = [];
  let left = length;
  for (const row of rows) {
    const parsed = Row.parse(row);
    left -= parsed.record.length;
    if (left < 0 && taken.length > 0) break;
    taken.push(parsed);
  }
  return taken;
}

function storedAnswer(select: StatementSync, signedHash: string): Answer | undefined {
  const row = select.get(signedHash);
  return row === undefined ? undefined : answerFrom(AnswerText.parse(row).answer);
}

/** Parses a record that this module wrote. */
function parseRecord(text: string): WebhookRecord {
  return JSON.parse(text);
}
