/** What the admin server is asked, and what it answers. */
import type { IncomingHttpHeaders } from "node:http";

/** A request to the admin server. */
export interface AdminRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** All bytes of the body, or more than `maxBytes` where it is longer: then the rest is not read. Undefined where the client broke off. */
  readBody(maxBytes: number): Promise<Uint8Array | undefined>;
}

/** An answer. Those without a body have no content type. */
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
