/** A request as it reached the handler, whichever host runs it. */

/** The longest body that is read, in bytes. Twilio's largest webhooks (a transcription, add-on results) stay far below. */
export const MAX_BODY_BYTES = 64 * 1024;

/** What the checks of a webhook read. `Host` and `X-Forwarded-*` are not among it: they are the client's word. */
export interface Delivered {
  /** The request target, path and query, exactly as it arrived. */
  readonly target: string;
  readonly method: string;
  readonly contentType: string | undefined;
  /** The value of `X-Twilio-Signature`. Where the header stands twice, both values with a comma between: no signature looks so. */
  readonly signature: string | undefined;
  /** The raw bytes: all of them, or more than {@link MAX_BODY_BYTES} where it is longer than that. */
  readonly body: Uint8Array;
  /** What the host calls the request, in the log. */
  readonly requestId: string;
  /** When it began to arrive, in milliseconds of `performance.now()`. */
  readonly arrivedAt: number;
}
