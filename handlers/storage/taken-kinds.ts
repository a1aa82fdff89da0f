/** Remembers the last webhook of each kind that the database has taken. It tells a bad webhook from a database that takes none of its kind. */
import type { WebhookRecord } from "../spool/record.ts";

/** The kinds, as one process saw them. */
export interface TakenKinds {
  /** Notes that the database has stored these webhooks anew. A repeat shows nothing, because it writes nothing. */
  note(records: readonly WebhookRecord[]): void;
  /** The last webhook of the same kind that the database has stored since this one arrived. */
  since(record: WebhookRecord): WebhookRecord | undefined;
}

/** Makes the memory. */
export function createTakenKinds(): TakenKinds {
  const taken = new Map<string, { readonly at: number; readonly record: WebhookRecord }>();
  return {
    note: (records) => {
      const at = Date.now();
      for (const record of records) taken.set(record.event.kind, { at, record });
    },
    since: ({ event }) => {
      const last = taken.get(event.kind);
      return last !== undefined && last.at >= Date.parse(event.receivedAt) ? last.record : undefined;
    },
  };
}
