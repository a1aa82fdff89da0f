/** Finds out whether a refused webhook is at fault, or the database, for instance because of a wrong migration. */
import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import type { WebhookRecord } from "../spool/record.ts";
import { faultOf, isAnswer } from "../storage/database-fault.ts";
import { newSid, tryWebhooks } from "../storage/database-probe.ts";

/**
 * Whether the database takes another webhook of the kind now, and still refuses this one. Both are rolled back.
 *
 * @param other a webhook of the same kind that the database has taken
 * @throws Error of `pg` if the database is away or refuses the handler
 */
export async function isOwnFault(pool: Pool, refused: WebhookRecord, other: WebhookRecord): Promise<boolean> {
  return (await outcomeOf(pool, freshCopy(other))) === "taken" && (await outcomeOf(pool, refused)) === "refused";
}

async function outcomeOf(pool: Pool, record: WebhookRecord): Promise<"taken" | "refused" | "contended"> {
  try {
    await tryWebhooks(pool, [record]);
    return "taken";
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return faultOf(error) === "refused" ? "refused" : "contended";
  }
}

/** A copy with a hash and SIDs of its own, so that each of its rows is new and none is locked. */
function freshCopy({ event, call, text, recording, ...record }: WebhookRecord): WebhookRecord {
  const fresh = new Map<string, string>();
  const sidFor = (sid: string): string => {
    const known = fresh.get(sid) ?? newSid(sid.slice(0, 2));
    fresh.set(sid, known);
    return known;
  };
  return {
    ...record,
    signedHash: randomBytes(32).toString("hex"),
    event: { ...event, sid: sidFor(event.sid) },
    call: call && { ...call, callSid: sidFor(call.callSid) },
    text: text && { ...text, messageSid: sidFor(text.messageSid) },
    recording: recording && {
      recordingSid: sidFor(recording.recordingSid),
      callSid: sidFor(recording.callSid),
    },
  };
}
