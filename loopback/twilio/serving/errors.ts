/**
 * Errors in the shape of Twilio's APIs.
 * Source: https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions
 */
import { ApiError } from "../../serving/api-error.ts";
import type { Fault, FaultStatus } from "../../serving/faults.ts";
import { retryAfter } from "../../serving/middleware.ts";

/** An error answer of Twilio's API. */
export class TwilioError extends ApiError {
  override readonly name = "TwilioError";
}

/** Makes the answer for an error. */
export function errorResponse(error: TwilioError, headers: Record<string, string> = {}): Response {
  const { code, message, status } = error;
  const body = { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  return Response.json(body, { status, headers });
}

/** Error 20003: the credentials are wrong or missing. */
export function authenticationError(): TwilioError {
  return new TwilioError(401, 20003, "Authenticate");
}

/** Error 20404: the resource does not exist, or belongs to another account. */
export function notFoundError(path: string): TwilioError {
  return new TwilioError(404, 20404, `The requested resource ${path} was not found`);
}

const FAULT_ERRORS: Readonly<Record<FaultStatus, readonly [code: number, message: string]>> = {
  400: [20001, "Bad request"],
  401: [20003, "Authenticate"],
  403: [20403, "Forbidden"],
  404: [20404, "The requested resource was not found"],
  429: [20429, "Too Many Requests"],
  500: [20500, "Internal Server Error"],
  502: [20502, "Bad Gateway"],
  503: [20503, "Service Unavailable"],
};

/** Makes the answer for an injected fault. */
export function faultResponse(fault: Fault): Response {
  const [code, message] = FAULT_ERRORS[fault.status];
  return errorResponse(new TwilioError(fault.status, code, message), retryAfter(fault));
}
