import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { callRecord, newHash, newSid } from "../storage/testing/records.ts";
import { rowOf, type WebhookRecord } from "./record.ts";
import { openSpool, type Spool } from "./spool.ts";

let folder: string;
let file: string;
const spools: Spool[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "twilio-hub-spool-"));
  file = join(folder, "spool.sqlite");
});
afterEach(async () => {
  for (const spool of spools.splice(0)) spool.close();
  await rm(folder, { recursive: true });
});

function open(): Spool {
  const spool = openSpool(file);
  spools.push(spool);
  return spool;
}

const ALL = { count: 100, length: 1_000_000, without: { rows: [], kinds: [] } };
const hashes = (spool: Spool, wanted = {}) => spool.heads({ ...ALL, ...wanted }).map(({ record }) => record.signedHash);

/** The file as the first release made it, with these webhooks. */
function makeFirstForm(records: readonly WebhookRecord[]): void {
  const database = new DatabaseSync(file);
  database.exec(`
    create table spool (place integer primary key autoincrement, signed_hash text not null unique, answer text not null, record text not null) strict;
    create table refused (place integer primary key, record text not null, reason text not null, refused_at text not null default (datetime('now'))) strict;`);
  keepAsBefore(database, records);
  database.close();
}

function keepAsBefore(database: DatabaseSync, records: readonly WebhookRecord[]): void {
  const insert = database.prepare("insert into spool (signed_hash, answer, record) values (?, ?, ?)");
  for (const record of records) insert.run(record.signedHash, JSON.stringify(record.answer), JSON.stringify(record));
}

it("takes the first webhook of each row, in the order of arrival, and leaves rows out", () => {
  const spool = open();
  const [a, b] = [newSid("CA"), newSid("CA")];
  const [a1, b1, a2, c1] = [callRecord(a), callRecord(b), callRecord(a, "completed"), callRecord()];
  spool.keep([a1, b1, a2, c1]);
  expect(hashes(spool)).toEqual([a1, b1, c1].map(({ signedHash }) => signedHash));
  expect(hashes(spool, { without: { rows: [a], kinds: [] } })).toEqual([b1.signedHash, c1.signedHash]);
  expect(hashes(spool, { count: 2 })).toEqual([a1.signedHash, b1.signedHash]);
  spool.remove(spool.heads({ ...ALL, count: 1 }));
  expect(hashes(spool)).toEqual([b1, a2, c1].map(({ signedHash }) => signedHash));
});

it("takes only as much as the length allows, but always one", () => {
  const spool = open();
  const records = [callRecord(), callRecord(), callRecord()];
  spool.keep(records);
  const one = JSON.stringify(records[0]).length;
  expect(hashes(spool, { length: 2 * one + 10 })).toHaveLength(2);
  expect(hashes(spool, { length: 10 })).toHaveLength(1);
});

it("knows the row of a record as `rowOf` does", () => {
  const text = { messageSid: newSid("SM"), direction: "inbound", mediaUrls: [], status: "received", statusRank: 1 };
  const call = callRecord();
  const transcription = { ...call.event, sid: newSid("TR"), kind: "transcription" };
  const records: WebhookRecord[] = [
    call,
    { ...call, signedHash: newHash(), event: transcription },
    { ...call, signedHash: newHash(), call: undefined, text, event: { ...call.event, sid: text.messageSid } },
    { ...call, signedHash: newHash(), call: undefined, event: { ...call.event, sid: newSid("RE") } },
  ];
  for (const record of records) {
    const spool = open();
    spool.keep([record]);
    expect(hashes(spool, { without: { rows: [newSid("CA")], kinds: ["other"] } })).toEqual([record.signedHash]);
    expect(hashes(spool, { without: { rows: [rowOf(record)], kinds: [] } })).toEqual([]);
    expect(hashes(spool, { without: { rows: [], kinds: [record.event.kind] } })).toEqual([]);
    spool.remove(spool.heads(ALL));
  }
});

it("keeps the webhooks of a file that an earlier release made, and those that one adds meanwhile", () => {
  const [a, b] = [newSid("CA"), newSid("CA")];
  const [a1, a2, b1] = [callRecord(a), callRecord(a, "completed"), callRecord(b)];
  makeFirstForm([a1, a2]);
  const earlier = new DatabaseSync(file);
  const [spool, second] = [open(), open()];
  keepAsBefore(earlier, [b1]);
  earlier.close();
  expect(hashes(spool)).toEqual([a1.signedHash, b1.signedHash]);
  expect(hashes(second)).toEqual(hashes(spool));
  expect(spool.answerTo(b1.signedHash)).toEqual(b1.answer);
});

it("names SPOOL_FILE if the file is not a spool", () => {
  const database = new DatabaseSync(file);
  database.exec("create table spool (id integer)");
  database.close();
  expect(() => open()).toThrow(/^SPOOL_FILE: .*spool\.sqlite cannot be used as the spool: /);
});
