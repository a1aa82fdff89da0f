/** Fault injection: the next matching requests to a vendor's API fail, in the vendor's own shape or without an answer. */

/** The statuses with which an API may be told to fail. */
export type FaultStatus = 400 | 401 | 403 | 404 | 429 | 500 | 502 | 503;

/** Which requests a fault is for. */
interface Matching {
  readonly method?: string;
  /** A text that the path contains, or an expression that it matches; every path unless given. */
  readonly path?: string | RegExp;
}

/** Which requests fail, and how often. */
interface FaultBase extends Matching {
  /** How many matching requests fail; one unless given. */
  readonly count?: number;
  /** The request is carried out before it fails: a failed create may have created. */
  readonly processed?: boolean;
  /** How long the failure is put off, in milliseconds. */
  readonly delayMs?: number;
}

/** A request that is answered with an error. */
export interface Fault extends FaultBase {
  readonly status: FaultStatus;
  /** The Retry-After header of the answer. */
  readonly retryAfterSeconds?: number;
}

/** A request whose connection is cut without an answer. */
export interface Drop extends FaultBase {
  readonly drop: true;
}

/** A failure that an API is told to show. */
export type InjectedFault = Fault | Drop;

/** Errors in a row, again and again: a rate limit under load. */
export interface Burst extends Matching, Pick<Fault, "status" | "retryAfterSeconds"> {
  /** Of so many matching requests, */
  readonly every: number;
  /** the last so many fail, less than all. */
  readonly length: number;
}

/** The faults that an API still has to show. */
export class Faults {
  #pending: { readonly fault: InjectedFault; left: number }[] = [];
  #bursts: { readonly burst: Burst; seen: number }[] = [];

  /** Makes the next matching requests fail. Faults are used up in the order in which they were given. */
  fail(fault: InjectedFault): void {
    this.#pending.push({ fault, left: fault.count ?? 1 });
  }

  /**
   * Makes some of every so many matching requests fail, until {@link clear}. A request that shows a fault of {@link fail} is not counted.
   *
   * @throws RangeError where none or all of the requests would fail
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

  /** Forgets every burst, and every fault that was not shown yet. */
  clear(): void {
    this.#pending = [];
    this.#bursts = [];
  }

  /** Takes the fault that a request must show, if there is one, and counts it. */
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
