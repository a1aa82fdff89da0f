/** A request as it reached the handler, on either host. */

/** The longest body that is read, in bytes. Twilio's largest webhooks (a transcription, add-on results) are far smaller. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * The reason why a body was not read to its end.
 * - `long`: it has more bytes than asked for, or comes in too many pieces.
 * - `slow`: it arrives too slowly to be here in time.
 * - `crowded`: too many bodies arrive at once, and this one has taken the longest.
 * - `gone`: the client disconnected.
 */
export type BodyProblem = "long" | "slow" | "crowded" | "gone";

/** The parts of a request that a webhook's checks read. `Host` and `X-Forwarded-*` are left out: the client chooses them. */
export interface Delivered {
  /** The request target, path and query, exactly as it arrived. */
  readonly target: string;
  readonly method: string;
  readonly contentType: string | undefined;
  /** The value of `Content-Length`. A body without one is read up to the limit. */
  readonly contentLength: string | undefined;
  /** The value of `X-Twilio-Signature`. A repeated header gives both values with a comma between, which is never a valid signature. */
  readonly signature: string | undefined;
  /** The value of `X-Twilio-Webhooks-Signature-Settings`. A repeated header gives both values with a comma between, which names no key. */
  readonly signatureSettings: string | undefined;
  /** Reads the raw bytes of the body. It is called once at most, and only if nothing before the body is wrong. */
  readBody(maxBytes: number): Promise<Uint8Array | BodyProblem>;
  /** The host's name for the request, for the log. */
  readonly requestId: string;
  /** The time at which it began to arrive, in milliseconds of `performance.now()`. */
  readonly arrivedAt: number;
}
