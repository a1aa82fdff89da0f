/**
 * The records of alerts that are sent without the database: one for each cause, written before anybody is told. They lie in the spool's file, so
 * the processes of a machine share them and a start does not forget them.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inFileTransaction } from "../spool/spool-file.ts";

/** A cause that people must know of. */
export interface Cause {
  /** Its name: one word. */
  readonly cause: string;
  /** The alert's text, without a secret or a caller's data. */
  readonly text: string;
}

/** A message that people must get: that a cause began, or that it ended. */
export interface DueAlert extends Cause {
  readonly kind: "open" | "ended";
  /** When the cause began and when it was last seen, in milliseconds since 1970. */
  readonly openedAt: number;
  readonly seenAt: number;
  /** How often it was seen. */
  readonly count: number;
}

/** The records. */
export interface AlertRecords {
  /** Opens a record for each new cause, counts the known ones, and ends those that are not among these. */
  see(causes: readonly Cause[], now: number): void;
  /** Claims the messages to send. No other process gets them for half a minute. */
  claimDue(now: number): DueAlert[];
  /** Notes that people have got a message. */
  told(alert: DueAlert, now: number): void;
}

/** How long a claim lasts, in milliseconds: longer than Discord's answer may take. */
const CLAIM_MS = 30_000;

/** The least time between two messages that a cause began, in milliseconds. A cause that comes and goes is thus no storm of messages. */
const BETWEEN_MS = 15 * 60_000;

const SEE = `
  insert into alerts (cause, text, opened_at, seen_at, count) values (:cause, :text, :now, :now, 1)
  on conflict (cause) do update set
    text = excluded.text,
    seen_at = excluded.seen_at,
    opened_at = case when ended_at is null then opened_at else excluded.opened_at end,
    count = case when ended_at is null then count + 1 else 1 end,
    ended_at = null`;

const END = `
  update alerts set ended_at = :now where ended_at is null and cause not in (select value from json_each(:causes))`;

const IS_DUE = `claimed_until <= :now and (
  (ended_at is null and told is not 'open' and coalesce(told_at, 0) <= :now - ${BETWEEN_MS})
  or (ended_at is not null and told = 'open'))`;

const CLAIM = `
  update alerts set claimed_until = :now + ${CLAIM_MS} where ${IS_DUE}
  returning cause, text, case when ended_at is null then 'open' else 'ended' end as kind,
    opened_at as "openedAt", seen_at as "seenAt", count`;

const TOLD = "update alerts set told = :kind, told_at = :now, claimed_until = 0 where cause = :cause";

const DueRow = z.object({
  cause: z.string(),
  text: z.string(),
  kind: z.enum(["open", "ended"]),
  openedAt: z.number(),
  seenAt: z.number(),
  count: z.number(),
});

/** The records in an open spool file. */
export function createAlertRecords(database: DatabaseSync): AlertRecords {
  const see = database.prepare(SEE);
  const end = database.prepare(END);
  const isOpen = database.prepare("select 1 from alerts where ended_at is null limit 1");
  const isDue = database.prepare(`select 1 from alerts where ${IS_DUE} limit 1`);
  const claim = database.prepare(CLAIM);
  const told = database.prepare(TOLD);
  return {
    see: (causes, now) => {
      // Usually there is nothing to write.
      if (causes.length === 0 && isOpen.get() === undefined) return;
      inFileTransaction(database, () => {
        for (const { cause, text } of causes) see.run({ cause, text, now });
        end.run({ now, causes: JSON.stringify(causes.map(({ cause }) => cause)) });
      });
    },
    claimDue: (now) => {
      if (isDue.get({ now }) === undefined) return [];
      return inFileTransaction(database, () => claim.all({ now }).map((row) => DueRow.parse(row)));
    },
    told: ({ cause, kind }, now) => void told.run({ cause, kind, now }),
  };
}
