/** Errors of the Webhooks configuration API, in the shape of RFC 9457, as npm's `twilio` reads them. */
import { ApiError } from "../../serving/api-error.ts";

/** The API's errors: HTTP status and title by Twilio's code (https://www.twilio.com/docs/api/errors). Twilio's pages name no status for each. */
const PROBLEMS = {
  20403: [403, "Forbidden"],
  20404: [404, "Not Found"],
  20500: [500, "Internal Server Error"],
  59000: [400, "Validation Error"],
  59100: [409, "Resource Is Still In Use"],
  59101: [409, "System Resource Cannot Be Modified"],
  59103: [409, "Resource Already Exists"],
  59200: [422, "Account Limit Reached"],
  59201: [422, "Referenced Resource Not Found"],
  59202: [422, "Security Guardrail Violation"],
} as const;

/** A code of the API's errors. */
export type ProblemCode = keyof typeof PROBLEMS;

/** An error answer of the API. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;

  constructor(code: ProblemCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** The body of an error. */
export function problemBody(code: ProblemCode, detail: string) {
  const [status, title] = PROBLEMS[code];
  return { type: `https://www.twilio.com/docs/api/errors/${code}`, title, status, code, detail };
}

/** Makes the answer for an error. An error that is not the API's own is a bug in the stand-in; the answer shows it. */
export function problemResponse(error: Error): Response {
  if (error instanceof ApiError) throw error;
  const { code, message } =
    error instanceof Problem ? error : { code: 20500 as const, message: `loopback: ${error.message}` };
  const body = problemBody(code, message);
  return Response.json(body, { status: body.status, headers: { "Content-Type": "application/problem+json" } });
}
