/** The ways in which 1Password's CLI fails. */

/** `op` ran and refused. The message is that of `op`, which contains no value. */
export class OpRefusal extends Error {
  override readonly name = "OpRefusal";

  /** The failure that this refusal stands for, if it concerns the account or the network, and so every reference. */
  get ofAll(): OpUnavailable | undefined {
    const { message } = this;
    const wasAsked = !UNREACHED.test(message);
    if (wasAsked && !NOBODY_LET_IN.test(message)) return undefined;
    return new OpUnavailable(message, { cause: this, wasAsked });
  }
}

/** `op` cannot be used at all: it is missing or did not answer, its token could not be read, or 1Password lets nobody in. */
export class OpUnavailable extends Error {
  override readonly name: string = "OpUnavailable";
  /** Whether 1Password may have got a request, which counts towards its limits even if it is refused. */
  readonly wasAsked: boolean;

  constructor(message: string, { wasAsked, ...options }: ErrorOptions & { readonly wasAsked: boolean }) {
    super(message, options);
    this.wasAsked = wasAsked;
  }
}

/** 1Password's rate limit is reached. Every further call would fail too, and counts. */
export class OpLimited extends OpUnavailable {
  override readonly name = "OpLimited";
  /** The time until the limit ends, in milliseconds, if `op` said it. */
  readonly waitMs: number | undefined;

  constructor(said: string, now: Date, options?: ErrorOptions) {
    const waitMs = waitIn(said);
    super(`1Password's rate limit is reached: ${withoutEnd(said)}; ${adviceFor(waitMs, now)}`, {
      ...options,
      wasAsked: true,
    });
    this.waitMs = waitMs;
  }
}

/**
 * The output of `op` at the limit of a service account, and at that of the whole account: `(429) Too Many Requests: … Please retry in 58 minutes …`
 * (https://developer.1password.com/docs/service-accounts/rate-limits/).
 */
const LIMIT = /\(429\)|too many requests|rate[- ]?limit/i;

/** Nobody is signed in, the token is no token, or 1Password itself fails. */
const NOBODY_LET_IN = /not (currently )?signed in|\(401\)|DecodeSACredentials|deadline exceeded|\(5\d\d\)/i;

/** The network does not lead to 1Password. */
const UNREACHED = /dial tcp|no such host|connection refused|network is unreachable/i;

const WAIT = /(?:retry|try again) in (?:about )?(\d+) (second|minute|hour|day)/i;
const UNIT_MS: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The failure of a call that exited with a status other than 0. */
export function refusalOf(said: string, now: Date, options?: ErrorOptions): OpRefusal | OpLimited {
  return LIMIT.test(said) ? new OpLimited(said, now, options) : new OpRefusal(said, options);
}

/** A whole unit is added: `op` rounds the time down. */
function waitIn(said: string): number | undefined {
  const [, amount, unit = ""] = WAIT.exec(said) ?? [];
  const unitMs = UNIT_MS[unit.toLowerCase()];
  return amount === undefined || unitMs === undefined ? undefined : (Number(amount) + 1) * unitMs;
}

function adviceFor(waitMs: number | undefined, now: Date): string {
  if (waitMs === undefined) return "op service-account ratelimit says when to try again";
  return `try again after ${new Date(now.getTime() + waitMs).toISOString().slice(0, 16)}Z`;
}

function withoutEnd(said: string): string {
  return said.replace(/[\s.;]+$/, "");
}
