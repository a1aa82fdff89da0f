/** An error that the user can fix. Only its message is shown, without a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/**
 * Runs a tool's main function, which returns the exit status. A {@link UserError} or a `ConfigError` of the hub ends the process with status 1 and
 * its message. Any other error is a defect of the tool and is thrown on with its stack.
 */
export async function runTool(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const isUserError = error instanceof Error && ["UserError", "ConfigError"].includes(error.name);
    if (!isUserError) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  }
}
