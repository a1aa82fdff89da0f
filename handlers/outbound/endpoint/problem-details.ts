/** Error answers as problem details. Source: https://www.rfc-editor.org/rfc/rfc9457.html */
import type { AdminAnswer } from "../../hosts/admin-page.ts";

/** A problem with one field of a body. */
export interface FieldProblem {
  /** The field, as a JSON pointer in a URI fragment, like `#/to`. `#` is the body itself. */
  readonly pointer: string;
  readonly detail: string;
}

/** The parts of an answer other than its status and detail. */
interface ProblemParts {
  readonly errors?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The titles. Without a `type` the title is the status's own phrase (https://www.rfc-editor.org/rfc/rfc9457.html#section-4.2.1). */
const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

/** A request that the endpoint refuses. The endpoint answers with {@link answer}. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
  readonly answer: AdminAnswer;

  constructor(answer: AdminAnswer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

/** Makes a refusal with an answer in `application/problem+json`. */
export function refusal(status: keyof typeof TITLES, detail?: string, { errors, headers }: ProblemParts = {}) {
  const body = JSON.stringify({ title: TITLES[status], status, detail, errors });
  return new RefusedRequest({ status, headers: { "content-type": "application/problem+json", ...headers }, body });
}
