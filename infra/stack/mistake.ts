import * as pulumi from "@pulumi/pulumi";

/**
 * The hub's `UserError` in a Pulumi program: a mistake that a person can fix, which the engine shows as one message. After the program's last
 * line the runner shows the stack trace of any error, even of a RunError, so this one has none.
 */
export function mistake(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = "";
  return error;
}
