/** Fault injection: the next matching requests to a vendor's API fail, in the vendor's own shape. */

/** The statuses with which an API may be told to fail. */
export type FaultStatus = 400 | 401 | 403 | 404 | 429 | 500 | 502 | 503;

/** Which requests fail, how often and how. */
export interface Fault {
  readonly status: FaultStatus;
  /** How many matching requests fail; one unless given. */
  readonly count?: number;
  readonly method?: string;
  /** A text that the path contains, or an expression that it matches; every path unless given. */
  readonly path?: string | RegExp;
  /** The Retry-After header of the answer. */
  readonly retryAfterSeconds?: number;
  /** The request is carried out before its answer is replaced: a failed create may have created. */
  readonly processed?: boolean;
}

/** The faults that an API still has to show. */
export class Faults {
  #pending: { readonly fault: Fault; left: number }[] = [];

  /** Makes the next matching requests fail. Faults are used up in the order in which they were given. */
  fail(fault: Fault): void {
    this.#pending.push({ fault, left: fault.count ?? 1 });
  }

  /** Forgets every fault that was not shown yet. */
  clear(): void {
    this.#pending = [];
  }

  /** Takes the fault that a request must show, if there is one, and counts it. */
  take(method: string, path: string): Fault | undefined {
    const found = this.#pending.find(({ fault }) => matches(fault, method, path));
    if (found === undefined) return undefined;
    found.left -= 1;
    this.#pending = this.#pending.filter(({ left }) => left > 0);
    return found.fault;
  }
}

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined) return true;
  return typeof fault.path === "string" ? path.includes(fault.path) : fault.path.test(path);
}
