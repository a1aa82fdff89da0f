/** Whether a sender may text by what Twilio says: its word of the last hour, and no refusal by the carriers since a person last opened the sender. */
import type { ClientBase, Pool } from "pg";
import { z } from "zod";

/** The row of a word: the sender's registration that the manifest approves, at the hub's account. */
export interface WordKey {
  readonly registrationSid: string;
  readonly accountSid: string;
}

/** The reason if the manifest approves a sender by no registration. */
export const NO_REGISTRATION = "the manifest names no registration of the number";

/** How long a word counts, in SQL. */
export const WORD_LIFE = "interval '1 hour'";

/**
 * The rule, in SQL. A statement that lets a text leave holds it too, so that no word can change between the question and the act. The database's clock
 * counts, for all processes. A row with a time in the future was written by hand.
 *
 * @param sender the column with the sender
 * @param registrationSid the parameter with the SID of its registration, like `$2`; null lets nothing leave
 * @param accountSid the parameter with the account's SID
 */
export function mayText(sender: string, registrationSid: string, accountSid: string): string {
  return `(
  exists (
    select from public.hub_registrations word
    where word.sender = ${sender} and word.registration_sid = ${registrationSid}::text and word.account_sid = ${accountSid}::text
      and word.is_verified and word.read_at between clock_timestamp() - ${WORD_LIFE} and clock_timestamp()
  ) and not exists (
    select from public.hub_sender_closures closure where closure.sender = ${sender} and closure.reopened_at is null
  ))`;
}

const STATE = `
select ${mayText("asked.sender", "$2", "$3")} as "mayText", word.is_verified as "isVerified", word.reasons, word.failure,
  (extract(epoch from clock_timestamp() - word.read_at) / 60)::float8 as "ageMinutes", closure.error_code as "closedBy"
from (select $1::text as sender) asked
left join public.hub_registrations word
  on word.sender = asked.sender and word.registration_sid = $2 and word.account_sid = $3
left join public.hub_sender_closures closure on closure.sender = asked.sender and closure.reopened_at is null`;

const State = z.object({
  mayText: z.boolean(),
  isVerified: z.boolean().nullable(),
  reasons: z.array(z.string()).nullable(),
  failure: z.string().nullable(),
  ageMinutes: z.number().nullable(),
  closedBy: z.string().nullable(),
});
type State = z.infer<typeof State>;

/**
 * Returns why a sender may not text, by what Twilio says; an empty list if it may.
 *
 * @throws the `pg` error if the database does not answer
 */
export async function senderReasons(
  database: Pool | ClientBase,
  sender: string,
  { registrationSid, accountSid }: WordKey,
): Promise<readonly string[]> {
  const { rows } = await database.query(STATE, [sender, registrationSid, accountSid]);
  const state = State.parse(rows[0]);
  if (state.mayText) return [];
  const reasons = [...closureReasons(state), ...wordReasons(state)];
  return reasons.length > 0 ? reasons : ["what Twilio says has just changed"];
}

function closureReasons({ closedBy }: State): string[] {
  if (closedBy === null) return [];
  return [
    `the carriers refused a text of it with error ${closedBy}: once Twilio shows the number as registered, run \`node handler.mjs reopen-sender\` with it`,
  ];
}

function wordReasons({ isVerified, reasons, failure, ageMinutes }: State): string[] {
  const why = failure === null ? "" : ` (${failure})`;
  if (ageMinutes === null) return [`Twilio has not said yet whether it is registered${why}`];
  if (ageMinutes < 0) return ["the time of Twilio's word is in the future"];
  if (isVerified !== true) return [...(reasons ?? [])];
  return ageMinutes > 60
    ? [`Twilio's word is ${Math.floor(ageMinutes)} minutes old, and counts for an hour${why}`]
    : [];
}
