/** A request as it reached the handler, on either host. */

/** The longest body that is read, in bytes. Twilio's largest webhooks (a transcription, add-on results) are far smaller. */
export const MAX_BODY_BYTES = 64 * 1024;

/** The parts of a request that a webhook's checks read. `Host` and `X-Forwarded-*` are left out: the client chooses them. */
export interface Delivered {
  /** The request target, path and query, exactly as it arrived. */
  readonly target: string;
  readonly method: string;
  readonly contentType: string | undefined;
  /** The value of `X-Twilio-Signature`. A repeated header gives both values with a comma between, which is never a valid signature. */
  readonly signature: string | undefined;
  /** The raw bytes. Of a body that is longer than {@link MAX_BODY_BYTES}, enough to show that it is. */
  readonly body: Uint8Array;
  /** The host's name for the request, for the log. */
  readonly requestId: string;
  /** The time at which it began to arrive, in milliseconds of `performance.now()`. */
  readonly arrivedAt: number;
}
