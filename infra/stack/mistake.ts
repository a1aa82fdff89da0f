import * as pulumi from "@pulumi/pulumi";

/**
 * An error that a person can mend, for the engine to show as one message. The runner shows the stack of whatever is thrown after the
 * program's last line has run, even of a RunError, so this one has none.
 */
export function mistake(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = "";
  return error;
}
