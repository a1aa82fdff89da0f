/** Actions just before a request is carried out, as if another client of the vendor had been faster. */
import type { MiddlewareHandler } from "hono";

/** The request that another client comes before. */
export interface Interrupted {
  /** Default: every method. */
  readonly method?: string;
  /** A part of the path. */
  readonly path: string;
  /** The number of matching requests that come before it. Default: 0. */
  readonly after?: number;
}

/** The actions that an API has still to run. Each runs once. */
export class Interruptions {
  #pending: { readonly at: Interrupted; left: number; readonly act: () => Promise<void> }[] = [];

  /** Runs an action before a request. The request waits until the action has ended. */
  before(at: Interrupted, act: () => Promise<void>): void {
    this.#pending.push({ at, left: at.after ?? 0, act });
  }

  /** The actions that a request must wait for. */
  take(method: string, path: string): readonly (() => Promise<void>)[] {
    const matching = this.#pending.filter(({ at }) => (at.method ?? method) === method && path.includes(at.path));
    const due = matching.filter(({ left }) => left === 0);
    for (const pending of matching) pending.left -= 1;
    this.#pending = this.#pending.filter((pending) => !due.includes(pending));
    return due.map(({ act }) => act);
  }
}

/** Runs the actions that are due before a request. */
export function interrupting(interruptions: Interruptions): MiddlewareHandler {
  return async (c, next) => {
    for (const act of interruptions.take(c.req.method, new URL(c.req.url).pathname)) await act();
    await next();
  };
}
