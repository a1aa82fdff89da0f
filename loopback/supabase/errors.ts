/**
 * Errors in the format of Supabase Storage, and the check of its keys.
 * Sources: https://github.com/supabase/storage/blob/master/src/internal/errors/codes.ts, …/storage-error.ts and
 * https://supabase.com/docs/guides/api/api-keys
 */
import type { MiddlewareHandler } from "hono";
import type { Fault, FaultStatus } from "../serving/faults.ts";
import { retryAfter } from "../serving/middleware.ts";
import type { StorageState } from "./state.ts";

/** An error answer of the storage. */
export class StorageFailure extends Error {
  override readonly name = "StorageFailure";
  /** The error's own status. The HTTP status of the answer may differ: see {@link errorResponse}. */
  readonly status: number;
  readonly code: string;
  /** The older name of the error. */
  readonly error: string;

  constructor(status: number, code: string, error: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.error = error;
  }
}

/**
 * Makes the answer for an error.
 *
 * @param ownStatus whether the HTTP status is the error's own. Otherwise it is 500 for a 500, and 400 for every other error
 */
export function errorResponse({ status, code, error, message }: StorageFailure, ownStatus = false): Response {
  const httpStatus = ownStatus ? status : status === 500 ? 500 : 400;
  return Response.json({ statusCode: String(status), code, error, message }, { status: httpStatus });
}

/**
 * Requires the service key twice: the gateway in front of the project reads `apikey`, and the storage behind it reads `Authorization`.
 * A client that sends both works with the older and the newer kind of key.
 */
export function authenticating(state: Pick<StorageState, "serviceKey" | "ownStatuses">): MiddlewareHandler {
  return async (c, next) => {
    const key = c.req.header("apikey");
    if (key === undefined) return Response.json({ message: "No API key found in request" }, { status: 401 });
    if (key !== state.serviceKey) return Response.json({ message: "Invalid API key" }, { status: 401 });
    const authorization = c.req.header("Authorization");
    if (authorization === undefined) {
      throw new StorageFailure(400, "InvalidRequest", "Error", "headers must have required property 'authorization'");
    }
    if (authorization !== `Bearer ${state.serviceKey}`) {
      throw new StorageFailure(403, "AccessDenied", "Unauthorized", "Invalid Compact JWS");
    }
    return next();
  };
}

const FAULT_ERRORS: Readonly<Record<FaultStatus, readonly [code: string, error: string, message: string]>> = {
  400: ["InvalidRequest", "InvalidRequest", "Invalid request"],
  401: ["InvalidJWT", "Unauthorized", "Invalid JWT"],
  403: ["AccessDenied", "Unauthorized", "new row violates row-level security policy"],
  404: ["NoSuchKey", "not_found", "Object not found"],
  429: ["SlowDown", "too_many_connections", "Too many connections issued to the database"],
  500: ["InternalError", "Internal", "Internal Server Error"],
  502: ["InternalError", "Bad Gateway", "Bad Gateway"],
  503: ["SlowDown", "Service Unavailable", "Service Unavailable"],
};

/** Makes the answer for an injected fault, with the fault's status. */
export function faultResponse(fault: Fault): Response {
  const [code, error, message] = FAULT_ERRORS[fault.status];
  const body = { statusCode: String(fault.status), code, error, message };
  return Response.json(body, { status: fault.status, headers: retryAfter(fault) });
}
