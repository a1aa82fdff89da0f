/** Fault injection: matching requests to a vendor's API fail, with an error in the vendor's format or without an answer. */

/** The statuses of injected errors. */
export type FaultStatus = 400 | 401 | 403 | 404 | 429 | 500 | 502 | 503;

/** The requests that a fault applies to. */
interface Matching {
  readonly method?: string;
  /** A part of the path, or an expression that matches it. Default: every path. */
  readonly path?: string | RegExp;
}

/** The requests that fail, and how. */
interface FaultBase extends Matching {
  /** The number of matching requests that fail. Default: 1. */
  readonly count?: number;
  /** Whether the request is carried out before it fails. A failed create then has created something. */
  readonly processed?: boolean;
  /** The delay before the failure, in milliseconds. */
  readonly delayMs?: number;
}

/** A fault that answers requests with an error. */
export interface Fault extends FaultBase {
  readonly status: FaultStatus;
  /** The Retry-After header of the answer. */
  readonly retryAfterSeconds?: number;
}

/** A fault that cuts connections without an answer. */
export interface Drop extends FaultBase {
  readonly drop: true;
}

/** A fault that answers requests with an HTML page, as a gateway, a proxy or a login page in front of the API does. */
export interface Page extends FaultBase {
  readonly page: string;
  readonly status: number;
}

/** Any fault. */
export type InjectedFault = Fault | Drop | Page;

/** Repeated runs of errors, like a rate limit under load. In each group of matching requests the last ones fail. */
export interface Burst extends Matching, Pick<Fault, "status" | "retryAfterSeconds"> {
  /** The size of a group. */
  readonly every: number;
  /** The number of failing requests at a group's end: at least 1, and less than `every`. */
  readonly length: number;
}

/** The faults that an API has still to apply. */
export class Faults {
  #pending: { readonly fault: InjectedFault; left: number }[] = [];
  #bursts: { readonly burst: Burst; seen: number }[] = [];

  /** Makes the next matching requests fail. Faults are used up in the order in which they were added. */
  fail(fault: InjectedFault): void {
    this.#pending.push({ fault, left: fault.count ?? 1 });
  }

  /**
   * Makes the last requests of each group of matching requests fail, until {@link clear}. Requests that fail because of {@link fail}
   * are not counted.
   *
   * @throws RangeError if no request or every request would fail, or a number is not whole
   */
  burst(burst: Burst): void {
    const { every, length } = burst;
    if (!Number.isInteger(every) || !Number.isInteger(length) || length < 1 || length >= every) {
      throw new RangeError(
        `a burst of ${length} in every ${every} requests: expected whole numbers, 1 to ${every - 1}`,
      );
    }
    this.#bursts.push({ burst, seen: 0 });
  }

  /** Removes every burst, and every unused fault. */
  clear(): void {
    this.#pending = [];
    this.#bursts = [];
  }

  /** Counts a request, and returns the fault that it must fail with; undefined if it must not fail. */
  take(method: string, path: string): InjectedFault | undefined {
    const found = this.#pending.find(({ fault }) => matches(fault, method, path));
    if (found === undefined) return this.#takeOfBurst(method, path);
    found.left -= 1;
    this.#pending = this.#pending.filter(({ left }) => left > 0);
    return found.fault;
  }

  #takeOfBurst(method: string, path: string): Fault | undefined {
    const found = this.#bursts.find(({ burst }) => matches(burst, method, path));
    if (found === undefined) return undefined;
    const { every, length, ...fault } = found.burst;
    const at = found.seen % every;
    found.seen += 1;
    return at >= every - length ? fault : undefined;
  }
}

function matches(fault: Matching, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined) return true;
  return typeof fault.path === "string" ? path.includes(fault.path) : fault.path.test(path);
}
