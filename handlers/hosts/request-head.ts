/**
 * The rules of HTTP about a request's head that Node's parser leaves to the server. A proxy in front may read a head that breaks one of them in
 * another way, and then disagree about where the request ends: https://www.rfc-editor.org/rfc/rfc9112#section-11.2
 */
import type { IncomingMessage } from "node:http";

/**
 * The status of a head that no server should serve. Its connection must end after the answer.
 * - 400: `Host` is missing, repeated or malformed, or HTTP/1.0 has a transfer coding.
 * - 501: a transfer coding other than `chunked`.
 * - 505: a version other than 1.0 and 1.1. Node also parses 0.9, whose first line has no version and may end in a bare line feed, and 2.0.
 */
export type HeadProblem = 400 | 501 | 505;

/** A host with or without a port; empty if the client knows none: https://www.rfc-editor.org/rfc/rfc9110#section-7.2 */
const HOST = /^(\[[\da-f:.]+\]|[\w!$%&'()*+,;=.~-]*)(:\d*)?$/i;

/** Finds the first rule that a head breaks. Only HTTP/1.0 may lack a `Host`. */
export function headProblem({
  httpVersion,
  headers,
  rawHeaders,
}: Pick<IncomingMessage, "httpVersion" | "headers" | "rawHeaders">): HeadProblem | undefined {
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return 505;
  const coding = headers["transfer-encoding"];
  // https://www.rfc-editor.org/rfc/rfc9112#section-6.1
  if (coding !== undefined && httpVersion === "1.0") return 400;
  if (coding !== undefined && coding.toLowerCase() !== "chunked") return 501;
  // Node keeps the first of several: https://www.rfc-editor.org/rfc/rfc9112#section-3.2
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host");
  if (hosts.length === 0) return httpVersion === "1.0" ? undefined : 400;
  return hosts.length > 1 || !HOST.test(headers.host ?? "") ? 400 : undefined;
}

/** The scheme and the authority of a whole URL. */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

/**
 * A request target as path and query. Every server must also take a whole URL, whose host counts as little as the header `Host`:
 * https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
export function originForm(target: string): string {
  const origin = ORIGIN.exec(target)?.[0];
  if (origin === undefined) return target;
  const rest = target.slice(origin.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}
