/** Which process of a machine tells people of a refused signing key. It is in the spool's file, so a start does not forget it. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inFileTransaction } from "../spool/spool-file.ts";

/** The most keys that people are told of in a day. Anybody can name a key, so their number must have a limit. */
export const MOST_ALERTS_A_DAY = 3;

const DAY_MS = 24 * 60 * 60_000;

/** How long a claim lasts, in milliseconds: longer than Discord's answer may take. */
const CLAIM_MS = 30_000;

const FORGET = `delete from key_alerts where claimed_at <= :now - case when told = 1 then ${DAY_MS} else ${CLAIM_MS} end`;

const CLAIM = `
  insert into key_alerts (key_id, claimed_at)
  select :id, :now where (select count(*) from key_alerts) < ${MOST_ALERTS_A_DAY}
  on conflict (key_id) do nothing
  returning (select count(*) from key_alerts) as claimed`;

/** People know of this key, or of as many as they may be told of in a day. */
const IS_KNOWN = `
  select 1 from key_alerts where told = 1 and key_id = :id
  union all select 1 where (select count(*) from key_alerts where told = 1) >= ${MOST_ALERTS_A_DAY}`;

const RELEASE = "delete from key_alerts where told = 0 and key_id = :id";

const TOLD = "update key_alerts set told = 1, claimed_at = :now where key_id = :id";

const Claimed = z.object({ claimed: z.number() });

/**
 * The outcome of a claim.
 * - `claimed`: this process tells people, for half a minute. `isLast`: it is the last alert of the day.
 * - `known`: people were told of this key, or of as many as they may be told of in a day.
 * - `busy`: another process is telling people.
 */
export type KeyClaim = { readonly kind: "claimed"; readonly isLast: boolean } | { readonly kind: "known" | "busy" };

/** The claims. Times are in milliseconds since 1970. */
export interface KeyAlertClaims {
  /** Claims the alert about a key. */
  claim(id: string, now: number): KeyClaim;
  /** Gives a claim back, if people could not be told. */
  release(id: string): void;
  /** Notes that people were told. */
  told(id: string, now: number): void;
}

/** The claims in an open spool file. */
export function createKeyAlertClaims(database: DatabaseSync): KeyAlertClaims {
  const forget = database.prepare(FORGET);
  const claim = database.prepare(CLAIM);
  const isKnown = database.prepare(IS_KNOWN);
  const release = database.prepare(RELEASE);
  const told = database.prepare(TOLD);
  return {
    claim: (id, now) =>
      inFileTransaction(database, () => {
        forget.run({ now });
        const row = claim.get({ id, now });
        if (row !== undefined) return { kind: "claimed", isLast: Claimed.parse(row).claimed >= MOST_ALERTS_A_DAY };
        return { kind: isKnown.get({ id }) === undefined ? "busy" : "known" };
      }),
    release: (id) => void release.run({ id }),
    told: (id, now) => void told.run({ id, now }),
  };
}
