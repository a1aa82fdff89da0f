/**
 * The system calls that run before a connection is open: if one of them fails, no byte has left. An error code alone, like EHOSTUNREACH, may
 * also come from an open connection (https://nodejs.org/api/errors.html#class-systemerror).
 */
const BEFORE_CONNECTION = ["getaddrinfo", "connect"];
/** Undici's own time-out for opening a connection (https://undici.nodejs.org/#/docs/api/Errors). */
const CONNECT_TIMEOUT = "UND_ERR_CONNECT_TIMEOUT";
const MAX_CAUSES = 5;

/** Whether a request failed before any byte of it left, by the error of `fetch`. */
export function isUnsent(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return false;
  if ("syscall" in error && BEFORE_CONNECTION.some((name) => name === error.syscall)) return true;
  if ("code" in error && error.code === CONNECT_TIMEOUT) return true;
  // A host with several addresses was tried at each of them.
  if (error instanceof AggregateError)
    return error.errors.length > 0 && error.errors.every((one) => isUnsent(one, depth + 1));
  return isUnsent(error.cause, depth + 1);
}
