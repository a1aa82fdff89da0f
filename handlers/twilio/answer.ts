/** Answers to requests. */
import { WEBHOOK_METHOD } from "../../hub/urls/routes.ts";

/** An answer, both as it is sent and as it is stored for a repeat. */
export interface Answer {
  readonly status: number;
  /** The content type; absent if there is no content. */
  readonly type?: string;
  readonly body: string;
}

/** The answer if a webhook cannot be kept. Twilio then calls the fallback URL, or tries again. */
export const UNAVAILABLE: Answer = { status: 503, body: "" };

/** The answer after an unexpected error. */
export const FAILED: Answer = { status: 500, body: "" };

/** A refusal. It has no body, so a client that cannot sign does not learn why. */
export function refusalAnswer(status: number): Answer {
  return { status, body: "" };
}

/** The headers of an answer, without those that the host adds. */
export function headersOf({ status, type }: Answer): Record<string, string> {
  return { ...(type !== undefined && { "content-type": type }), ...(status === 405 && { allow: WEBHOOK_METHOD }) };
}
