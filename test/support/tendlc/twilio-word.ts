/** Twilio's word on the senders of a site, as a second process reads it, and as somebody writes it by hand. */

import { APPROVED_RECORD, VERIFIED_RECORD } from "../../../handlers/outbound/gate/test-approvals.ts";
import { readDueWords } from "../../../handlers/registrations/read-words.ts";
import { apiAccount } from "../../../handlers/start/validity.ts";
import { CREDENTIALS } from "../../../handlers/testing/manifest.ts";
import type { TendlcSite } from "./tendlc-site.ts";

/** Makes every word due, and reads all of them, as another process than the hub does. */
export async function readWordsNow({ pool, manifestOf }: TendlcSite): Promise<void> {
  await pool.query(
    "update public.hub_registrations set claimed_until = null, read_at = least(read_at, clock_timestamp() - interval '40 seconds')",
  );
  const settings = { pool, manifest: manifestOf(APPROVED_RECORD, VERIFIED_RECORD), account: apiAccount(CREDENTIALS) };
  await readDueWords(settings, AbortSignal.timeout(30_000));
}

/** A word as a row. What is missing is as after a reading of a verified sender, a moment ago. */
export interface WordRow {
  readonly sender: string;
  readonly registrationSid?: string;
  readonly accountSid?: string;
  readonly isVerified?: boolean;
  readonly reasons?: readonly string[];
  /** In minutes; negative for a time in the future. */
  readonly ageMinutes?: number;
}

/** Replaces all words by these. For ten minutes no process reads them, as if another one did. */
export async function writeWords({ pool }: Pick<TendlcSite, "pool">, rows: readonly WordRow[]): Promise<void> {
  await pool.query("delete from public.hub_registrations");
  for (const row of rows) {
    const { registrationSid = APPROVED_RECORD.campaignSid, accountSid = CREDENTIALS.accountSid, ageMinutes = 0 } = row;
    await pool.query(
      `insert into public.hub_registrations (sender, registration_sid, account_sid, is_verified, reasons, read_at, claimed_until)
       values ($1, $2, $3, $4, $5, clock_timestamp() - $6 * interval '1 minute', clock_timestamp() + interval '10 minutes')`,
      [row.sender, registrationSid, accountSid, row.isVerified ?? true, row.reasons ?? [], ageMinutes],
    );
  }
}
