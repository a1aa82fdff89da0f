/** An outbox in memory, for the tests of its callers. */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Outbox } from "../queue/outbox.ts";
import type { OutboundRequest } from "../request.ts";
import type { OutboundStatus } from "../status.ts";

/** An outbox that a test can inspect and change. */
export interface TestOutbox extends Outbox {
  /** The accepted requests, in order. */
  readonly accepted: { readonly id: string; readonly key: string; readonly request: OutboundRequest }[];
  /** Changes a request's status, as the queue would. */
  settle(id: string, changes: Partial<OutboundStatus>): void;
  /** If set, every access fails with its rejection. */
  failure: (() => Promise<never>) | undefined;
}

/** Makes an empty outbox. */
export function createTestOutbox(): TestOutbox {
  const statuses = new Map<string, OutboundStatus>();
  const outbox: TestOutbox = {
    accepted: [],
    failure: undefined,
    accept: async (request, key) => {
      await outbox.failure?.();
      const known = outbox.accepted.find((accepted) => accepted.key === key);
      if (known !== undefined) {
        return isDeepStrictEqual(known.request, request) ? { kind: "repeated", id: known.id } : { kind: "conflict" };
      }
      const id = randomUUID();
      outbox.accepted.push({ id, key, request });
      statuses.set(id, queued(id, request));
      return { kind: "accepted", id };
    },
    read: async (id) => {
      await outbox.failure?.();
      return statuses.get(id);
    },
    settle: (id, changes) => {
      const status = statuses.get(id);
      if (status === undefined) throw new Error(`nothing was accepted under ${id}`);
      statuses.set(id, { ...status, ...changes });
    },
  };
  return outbox;
}

function queued(id: string, { kind, to, from }: OutboundRequest): OutboundStatus {
  const now = new Date().toISOString();
  return { id, kind, to, from, state: "queued", reason: null, sid: null, attempts: 0, createdAt: now, updatedAt: now };
}
