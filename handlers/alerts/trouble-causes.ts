/** The causes for alerts that the database knows: which rows have them, and when they are over. */

/** The number of failed attempts after which an event that is still tried is a trouble. */
export const ALERT_AT_ATTEMPTS = 10;

/** A cause, as SQL. */
export interface TroubleCause {
  /**
   * Marks up to `$1` rows that no record counts yet, from the position `$2` on, and returns them in order. It leaves rows that others have locked
   * for a later sweep.
   */
  readonly count: string;
  /** The position before the first row. */
  readonly start: string;
  /** Whether any row has the cause, counted or not. */
  readonly persists: string;
}

/** Makes the statement that marks rows. The columns are those of the table `t`. */
function counting(what: {
  readonly table: string;
  readonly key: readonly string[];
  readonly id: string;
  readonly reason: string;
  readonly seenAt: string;
  /** The state, if it tells people more than the cause. */
  readonly state?: string;
  readonly condition: string;
  /** The column of an index that the rows are taken from, and its type. */
  readonly position: readonly [column: string, type: string];
}): string {
  const { table, key, id, reason, seenAt, state = "null", condition } = what;
  const [column, type] = what.position;
  return `
with due as materialized (
  select ${key.join(", ")}, ${column} as position from public.${table} t
  where alerted_at is null and (${condition}) and ${column} >= $2::${type}
  order by ${column}
  limit $1
  for no key update skip locked
), counted as (
  update public.${table} t set alerted_at = clock_timestamp() from due
  where ${key.map((name) => `t.${name} = due.${name}`).join(" and ")}
  returning ${id} as id, ${reason} as reason, ${state} as state, ${seenAt} as seen_at, due.position
)
select id, reason, state, seen_at as "seenAt", position::text from counted order by counted.position`;
}

const EVENT = {
  table: "omni_events",
  key: ["sid", "kind", "step"],
  id: "t.event_id",
  reason: "t.dispatch_error",
  seenAt: "t.received_at",
  position: ["sequence", "bigint"],
} as const;

const REQUEST = {
  table: "twilio_outbound",
  key: ["id"],
  id: "t.kind || ' ' || t.id",
  reason: "t.reason",
  seenAt: "t.created_at",
  position: ["created_at", "timestamptz"],
} as const;

/** The condition of an index of `omni_events`, which a query must repeat to use it. */
const IN_INDEX = `dispatch_state = 'parked' or dispatch_attempts >= ${ALERT_AT_ATTEMPTS}`;

/**
 * A request that Twilio does not confirm holds its number up, and so does one that cannot reach Twilio. For the latter the age of the row counts,
 * because each attempt updates `updated_at`.
 */
const LATE = `
  (state in ('sending', 'unknown', 'queued') and attempts > 0 and updated_at < now() - interval '15 minutes')
  or (state = 'queued' and attempts > 0 and limited = 0 and created_at < now() - interval '15 minutes')`;

/** Twilio has said, at any time, that a sender is not verified. */
const UNVERIFIED = "(read_at is not null and not is_verified)";
/** Twilio has said nothing of a sender for longer than its word counts. */
const UNREAD = "coalesce(read_at, wanted_since) < now() - interval '1 hour'";
const CLOSED = "reopened_at is null";

const exists = (table: string, condition: string) =>
  `select exists (select from public.${table} where ${condition}) as yes`;

/** The causes by their names, which are stored in the database. */
export const TROUBLE_CAUSES = {
  /** Events that the gateway refused for good. */
  "events-parked": {
    count: counting({ ...EVENT, condition: `(${IN_INDEX}) and dispatch_state = 'parked'` }),
    start: "0",
    persists: exists("omni_events", "dispatch_state = 'parked'"),
  },
  /**
   * Events that keep failing and are retried. An attempt under way is already counted but has no reason yet, so the tenth attempt has failed only if
   * there is a reason. An eleventh attempt means that ten have failed or ended the process.
   */
  "events-failing": {
    count: counting({
      ...EVENT,
      condition: `(${IN_INDEX}) and dispatch_state = 'waiting' and (dispatch_attempts > ${ALERT_AT_ATTEMPTS} or dispatch_error is not null)`,
    }),
    start: "0",
    persists: exists("omni_events", `dispatch_state = 'waiting' and dispatch_attempts >= ${ALERT_AT_ATTEMPTS}`),
  },
  /** Recordings that were given up. */
  "recordings-failed": {
    count: counting({
      table: "twilio_recordings",
      key: ["recording_sid"],
      id: "t.recording_sid",
      reason: "t.error",
      seenAt: "t.created_at",
      condition: "state = 'failed'",
      position: ["created_at", "timestamptz"],
    }),
    start: "-infinity",
    persists: exists("twilio_recordings", "state = 'failed'"),
  },
  /** Calls and texts that failed. They stay so, hence the cause is over after a day without another one. A blocked text does not count: the gate worked. */
  "outbound-failed": {
    count: counting({ ...REQUEST, condition: "state = 'failed'" }),
    start: "-infinity",
    persists: exists("twilio_outbound", "state = 'failed' and updated_at > now() - interval '1 day'"),
  },
  /** Calls and texts that have not left, or whose outcome is unknown. */
  "outbound-late": {
    count: counting({
      ...REQUEST,
      state: "t.state",
      condition: `state <> 'sent' and state <> 'blocked' and (${LATE})`,
    }),
    start: "-infinity",
    persists: exists("twilio_outbound", `state <> 'sent' and state <> 'blocked' and (${LATE})`),
  },
  /** Senders that the config approves and Twilio does not, or whose registration could not be read for an hour. */
  "senders-unverified": {
    count: counting({
      table: "hub_registrations",
      key: ["sender", "registration_sid"],
      id: "t.sender",
      reason: `case when ${UNVERIFIED} then array_to_string(t.reasons, '; ') else coalesce(t.failure, 'it was not read') end`,
      seenAt: "coalesce(t.read_at, t.wanted_since)",
      condition: `${UNVERIFIED} or ${UNREAD}`,
      position: ["wanted_since", "timestamptz"],
    }),
    start: "-infinity",
    persists: exists("hub_registrations", `${UNVERIFIED} or ${UNREAD}`),
  },
  /** Senders that the carriers refused as unregistered, until a person opens them again. */
  "senders-closed": {
    count: counting({
      table: "hub_sender_closures",
      key: ["sender"],
      id: "t.sender",
      reason: "'error ' || t.error_code || ' for ' || t.text_id",
      seenAt: "t.closed_at",
      condition: CLOSED,
      position: ["closed_at", "timestamptz"],
    }),
    start: "-infinity",
    persists: exists("hub_sender_closures", CLOSED),
  },
} as const satisfies Readonly<Record<string, TroubleCause>>;

/** The name of a cause. */
export type TroubleName = keyof typeof TROUBLE_CAUSES;

/** Whether a stored name is that of a cause. */
export function isTroubleName(name: string): name is TroubleName {
  return Object.hasOwn(TROUBLE_CAUSES, name);
}

/** The names of all causes, in the order of an alert. */
export const TROUBLE_NAMES: readonly TroubleName[] = Object.keys(TROUBLE_CAUSES).filter(isTroubleName);
