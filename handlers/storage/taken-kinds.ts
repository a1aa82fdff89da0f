/** Remembers which kinds of webhooks the database has taken lately. It tells a bad webhook from a database that takes none of its kind. */
import type { WebhookRecord } from "../spool/record.ts";

/** The kinds, as one process saw them. */
export interface TakenKinds {
  /** Notes that the database has stored these webhooks anew. A repeat shows nothing, because it writes nothing. */
  note(records: readonly WebhookRecord[]): void;
  /** Whether the database has stored another webhook of the same kind since this one arrived. */
  since(record: WebhookRecord): boolean;
}

/** Makes the memory. */
export function createTakenKinds(): TakenKinds {
  const takenAt = new Map<string, number>();
  return {
    note: (records) => {
      const now = Date.now();
      for (const { event } of records) takenAt.set(event.kind, now);
    },
    since: ({ event }) => (takenAt.get(event.kind) ?? 0) >= Date.parse(event.receivedAt),
  };
}
