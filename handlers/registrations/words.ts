/** The table of Twilio's words. One process at a time reads them from Twilio, for all. */
import type { Pool } from "pg";
import { z } from "zod";
import type { SenderRegistration, TwilioWord } from "../../hub/registrations/sender-registration.ts";
import { inTransaction } from "../storage/transaction.ts";
import { oneLine } from "../worker/retry.ts";

/** How long a process has the words to itself, in seconds: longer than a reading may take. */
export const LEASE_SECONDS = 120;

/** The age at which a word is read again, in seconds. */
export const READ_AFTER_SECONDS = 30;

/** A word that is to be read now. Only this process reads it until its lease ends. */
export interface ClaimedWord {
  readonly registration: SenderRegistration;
  /** When the claim was made, by the database's clock and to its full precision: the word will be as old as this. */
  readonly claimedAt: string;
}

/** A row of another account is not this sender's: it begins anew. */
const WANT = `
insert into public.hub_registrations as r (sender, registration_sid, account_sid)
select sender, registration_sid, $3 from unnest($1::text[], $2::text[]) as w(sender, registration_sid) order by 1, 2
on conflict (sender, registration_sid) do update set
  wanted_at = clock_timestamp(),
  account_sid = excluded.account_sid,
  is_verified = r.is_verified and r.account_sid = excluded.account_sid,
  read_at = case when r.account_sid = excluded.account_sid then r.read_at end`;

/** Rows that no process has wanted for an hour: their registration has left the config. */
const FORGET = "delete from public.hub_registrations where wanted_at < clock_timestamp() - interval '1 hour'";

/** A word with a time in the future was not read at that time, so it is read again. */
const CLAIM = `
update public.hub_registrations set claimed_until = clock_timestamp() + interval '${LEASE_SECONDS} seconds'
where (sender, registration_sid) in (select * from unnest($1::text[], $2::text[]))
  and (claimed_until is null or claimed_until <= clock_timestamp())
  and (read_at is null or read_at not between clock_timestamp() - interval '${READ_AFTER_SECONDS} seconds' and clock_timestamp())
returning sender, clock_timestamp()::text as "claimedAt"`;

const Claimed = z.object({ sender: z.string(), claimedAt: z.string() });

/**
 * Notes which words this process wants, and claims those that are due.
 *
 * @param wanted at most one registration a sender
 * @throws the `pg` error
 */
export function claimWords(
  pool: Pool,
  wanted: readonly SenderRegistration[],
  accountSid: string,
): Promise<ClaimedWord[]> {
  const keys = [wanted.map(({ sender }) => sender), wanted.map(({ registrationSid }) => registrationSid)];
  return inTransaction(pool, async (client) => {
    await client.query(WANT, [...keys, accountSid]);
    await client.query(FORGET);
    const { rows } = await client.query(CLAIM, keys);
    const claimed = new Map(rows.map((row) => Claimed.parse(row)).map((row) => [row.sender, row.claimedAt]));
    return wanted.flatMap((registration) => {
      const claimedAt = claimed.get(registration.sender);
      return claimedAt === undefined ? [] : [{ registration, claimedAt }];
    });
  });
}

/** A word never replaces a newer one: the process that read it may have been paused. */
const WRITE = `
update public.hub_registrations set
  is_verified = $3, reasons = $4, read_at = $5::timestamptz, failure = null, claimed_until = null,
  -- People have to hear of it again if the sender loses its registration again.
  alerted_at = case when $3 then null else alerted_at end
where sender = $1 and registration_sid = $2
  and (read_at is null or read_at < $5::timestamptz or read_at > clock_timestamp())`;

/**
 * Writes a word that was read under a claim.
 *
 * @throws the `pg` error
 */
export async function writeWord(pool: Pool, { registration, claimedAt }: ClaimedWord, word: TwilioWord): Promise<void> {
  const reasons = word.isVerified ? [] : word.reasons.map(oneLine);
  const { sender, registrationSid } = registration;
  await pool.query(WRITE, [sender, registrationSid, word.isVerified, reasons, claimedAt]);
}

const FAIL = `
update public.hub_registrations
set failure = $3, claimed_until = clock_timestamp() + $4 * interval '1 millisecond'
where sender = any($1) and registration_sid = any($2)`;

/**
 * Notes why words could not be read. The words stay as they are, and age.
 *
 * @param pauseMs how long no process reads them, in milliseconds
 * @throws the `pg` error
 */
export async function noteUnread(
  pool: Pool,
  claimed: readonly ClaimedWord[],
  failure: string,
  pauseMs: number,
): Promise<void> {
  const senders = claimed.map(({ registration }) => registration.sender);
  const sids = claimed.map(({ registration }) => registration.registrationSid);
  await pool.query(FAIL, [senders, sids, oneLine(failure), pauseMs]);
}
