import type { FaultStatus } from "./faults.ts";

/** An error answer of a vendor's API: the HTTP status, and the vendor's own code and message. */
export class ApiError extends Error {
  readonly status: FaultStatus;
  readonly code: number;

  constructor(status: FaultStatus, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
