/** A mistake that the person at the keyboard can mend: its message is shown alone, without a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/**
 * Runs a tool's main function. A {@link UserError} or a hub's config error ends the process with status 1 and its message; anything else is
 * a defect of the tool and keeps its stack.
 */
export async function runTool(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const isMistake = error instanceof Error && ["UserError", "ConfigError"].includes(error.name);
    if (!isMistake) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  }
}
