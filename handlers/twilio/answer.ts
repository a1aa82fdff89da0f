/** Answers to requests. */
import { WEBHOOK_METHOD } from "../../hub/urls/routes.ts";

/** An answer, as it is given, and as it is stored for a repeat. */
export interface Answer {
  readonly status: number;
  /** The content type; absent where there is no content. */
  readonly type?: string;
  readonly body: string;
}

/** The answer where nothing can be kept: Twilio calls the fallback URL, or tries again. */
export const UNAVAILABLE: Answer = { status: 503, body: "" };

/** The answer to an error that nobody expected. */
export const FAILED: Answer = { status: 500, body: "" };

/** A refusal has no body: a client that cannot sign learns nothing of why. */
export function refusalAnswer(status: number): Answer {
  return { status, body: "" };
}

/** The headers of an answer, beside those that the host adds. */
export function headersOf({ status, type }: Answer): Record<string, string> {
  return { ...(type !== undefined && { "content-type": type }), ...(status === 405 && { allow: WEBHOOK_METHOD }) };
}
