import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../hub/values/user-error.ts";

/**
 * The hub's `UserError` in a Pulumi program: a mistake that a person can fix, which the engine shows as one message. After the program's last
 * line the runner shows the stack trace of any error, even of a RunError, so this one has none.
 */
export function mistake(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = "";
  return error;
}

/** The last line of a message: a failed command's own, without the script that the provider shows before it. */
export function lastLine(message: string): string {
  return message.trimEnd().split("\n").at(-1) ?? message;
}

/**
 * Passes a failure on. A `UserError` becomes a {@link mistake}; any other error keeps its stack trace.
 *
 * @throws RunError or the error itself
 */
export function rethrow(error: unknown): never {
  throw error instanceof UserError ? mistake(error.message) : error;
}
