import type { FaultStatus } from "./faults.ts";

/** The status of an error answer. 409 is a conflict with what is there. */
export type ErrorStatus = FaultStatus | 409;

/** An error answer of a vendor's API: the HTTP status, and the vendor's own code and message. */
export class ApiError extends Error {
  readonly status: ErrorStatus;
  readonly code: number;

  constructor(status: ErrorStatus, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
