/** The spool's file: an SQLite database that the processes of one machine share. */
import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";

/** How a connection to the file writes. */
export interface SpoolFileOptions {
  /** `full`: a write is on the disk when it returns. `normal`: it outlives the process, and the next durable write includes it. */
  readonly synchronous: "full" | "normal";
  /** The longest time that a write waits for another one's, in milliseconds. */
  readonly busyTimeoutMs: number;
}

const TABLES = `
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

/**
 * The changes since the first form of the file, in their order; `user_version` counts those that a file has. A process of an earlier release may
 * use the file at the same time, so each must leave its statements valid: the new columns have values without it.
 */
const MIGRATIONS: readonly string[] = [
  // The row that a webhook changes. A test holds the expression against `rowOf`.
  `alter table spool add column row_key text generated always as
     (coalesce(record ->> '$.call.callSid', record ->> '$.text.messageSid', record ->> '$.event.sid')) virtual;
   create index spool_row_key on spool (row_key);`,
  // When a webhook came into the spool, in milliseconds since 1970.
  `alter table spool add column kept_at integer;
   create table alerts (
     cause text primary key,
     text text not null,
     opened_at integer not null,
     seen_at integer not null,
     count integer not null,
     ended_at integer,
     told text check (told in ('open', 'ended')),
     told_at integer,
     claimed_until integer not null default 0
   ) strict;
   create table answers (number integer primary key, signed_hash text not null, answer text not null) strict;
   create table write_check (id integer primary key check (id = 1), content blob not null) strict;`,
  // The process that drains the spool, and until when it may, in milliseconds since 1970.
  "create table drainer (id integer primary key check (id = 1), holder text not null, ends_at integer not null) strict;",
  // The refused signing keys that people were told of within a day, or are being told of.
  "create table key_alerts (key_id text primary key, claimed_at integer not null, told integer not null default 0) strict;",
];

const Version = z.object({ user_version: z.number() });

/**
 * Opens a spool file, or creates it, and brings it up to date. Only its user can read it.
 *
 * @throws Error naming SPOOL_FILE if it cannot be opened or is not a spool
 */
export function openSpoolFile(file: string, { synchronous, busyTimeoutMs }: SpoolFileOptions): DatabaseSync {
  try {
    makePrivate(file);
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    database.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}`);
    prepareSpoolFile(database);
    return database;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`SPOOL_FILE: ${file} cannot be used as the spool: ${reason}`, { cause });
  }
}

/** Brings an open database to the form of the spool's file. */
export function prepareSpoolFile(database: DatabaseSync): void {
  if (versionOf(database) < MIGRATIONS.length) inFileTransaction(database, () => migrate(database));
}

function versionOf(database: DatabaseSync): number {
  return Version.parse(database.prepare("pragma user_version").get()).user_version;
}

/** Reads the version again, now that it holds the lock: another process may have been first. */
function migrate(database: DatabaseSync): void {
  database.exec(TABLES);
  for (const change of MIGRATIONS.slice(versionOf(database))) database.exec(change);
  database.exec(`pragma user_version = ${MIGRATIONS.length}`);
}

/** Lets only its user read the file: it holds what people wrote. SQLite gives its own files beside it the same permissions. */
function makePrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
}

/**
 * Runs statements in a transaction that writes. If `run` throws, nothing is stored.
 *
 * @throws the error of `run`, or Error of SQLite if the file is locked or cannot be written
 */
export function inFileTransaction<Result>(database: DatabaseSync, run: () => Result): Result {
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
