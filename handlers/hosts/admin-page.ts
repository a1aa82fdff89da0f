/** The admin server's requests and answers. */
import type { IncomingHttpHeaders } from "node:http";
import type { BodyProblem } from "../twilio/request.ts";

/** A request to the admin server. */
export interface AdminRequest {
  readonly method: string;
  /** The path, without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Reads the body, or says why it was not read to its end. */
  readBody(maxBytes: number): Promise<Uint8Array | BodyProblem>;
}

/** An answer. Without a body it has no content type. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers a request. */
export type AdminPage = (request: AdminRequest) => Promise<AdminAnswer>;

/** An answer in JSON. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): AdminAnswer {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}
