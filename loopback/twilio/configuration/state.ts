/**
 * The state of an account's Webhooks configuration. A write is saved at once, and reaches the servers that send webhooks only after a delay.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhook-operations
 */
import type { Rule, Setting, SharedKey } from "./resources.ts";
import { newTypeId } from "./type-id.ts";

/** Resources by ID. */
export interface Resources {
  readonly rules: Map<string, Rule>;
  readonly settings: Map<string, Setting>;
  readonly sharedKeys: Map<string, SharedKey>;
}

/** The end of an Operation. */
export type OperationEnd = "COMPLETED" | "CANCELLED" | "FAILED";

/** The spread of a Rule's change to all of Twilio's regions. */
export interface Operation {
  readonly id: string;
  /** The Rule's ID. */
  readonly resourceId: string;
  readonly createdAt: Date;
  /** The time of its end, and that of its start, in milliseconds of `performance.now()`. */
  readonly startsAt: number;
  endsAt: number;
  readonly end: OperationEnd;
}

/** The delay of a change, in milliseconds, unless another is set. Twilio's is 30 to 60 seconds. */
export const SHORT_DELAY_MS = 100;

/** A change of the resources. */
type Change = (resources: Resources) => void;

/** An account's Webhooks configuration. Tests read it, and change its properties to imitate Twilio's other answers. */
export class WebhooksConfiguration {
  /** Whether the account has the API: `absent` answers 404, and `forbidden` 403. What is saved still applies. */
  access: "available" | "absent" | "forbidden" = "available";
  /** Whether an exact Rule ignores the query of the called URL. Twilio's pages do not say. */
  queries: "ignored" | "matched" = "matched";
  /** The ends of the next Operations. When the list is empty, they complete. After another end the change is saved but never applies. */
  readonly ends: OperationEnd[] = [];
  /** The resources as the API shows them. */
  readonly saved: Resources = noResources();
  /** Every Operation, the oldest first. */
  readonly operations: Operation[] = [];
  readonly #applied = noResources();
  #delayMs = SHORT_DELAY_MS;
  #lastAt = 0;
  #pending: { readonly at: number; readonly change: Change }[] = [];

  /** The delay of a change, in milliseconds. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** @throws RangeError if a change would apply at once: it never does at Twilio */
  set delayMs(delay: number) {
    if (!(delay >= 1)) throw new RangeError(`a delay of ${delay} ms: expected at least 1`);
    this.#delayMs = delay;
  }

  /** The resources that apply to the webhooks that are sent now. */
  applied(): Resources {
    const now = performance.now();
    const due = this.#pending.filter(({ at }) => at <= now).toSorted((one, other) => one.at - other.at);
    this.#pending = this.#pending.filter(({ at }) => at > now);
    for (const { change } of due) change(this.#applied);
    return this.#applied;
  }

  /** Saves a change of Settings or SharedKeys. It applies after the delay, and nothing shows when. */
  save(change: Change): void {
    change(this.saved);
    this.#pending.push({ at: this.#nextAt(), change });
  }

  /** The time at which a change of now applies. Changes apply in their order, also if the delay gets shorter. */
  #nextAt(): number {
    this.#lastAt = Math.max(this.#lastAt, performance.now() + this.#delayMs);
    return this.#lastAt;
  }

  /** Saves a change of a Rule. It applies when the returned Operation completes. */
  saveRule(resourceId: string, change: Change): Operation {
    change(this.saved);
    const startsAt = performance.now();
    const end = this.ends.shift() ?? "COMPLETED";
    const endsAt = this.#nextAt();
    if (end === "COMPLETED") this.#pending.push({ at: endsAt, change });
    const operation = { id: newTypeId("webhooks_operation"), resourceId, createdAt: new Date(), startsAt, endsAt, end };
    this.operations.push(operation);
    return operation;
  }

  /** Ends every Operation, and applies every saved change, as if the delay had passed. */
  finish(): void {
    const now = performance.now();
    this.#pending = this.#pending.map(({ change }) => ({ at: now, change }));
    this.#lastAt = now;
    for (const operation of this.operations) operation.endsAt = Math.min(operation.endsAt, now);
  }

  /** Makes a change as if it had been made long ago: it applies at once. */
  place(change: Change): void {
    change(this.saved);
    change(this.applied());
  }
}

function noResources(): Resources {
  return { rules: new Map(), settings: new Map(), sharedKeys: new Map() };
}
