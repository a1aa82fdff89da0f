import { UserError } from "../../hub/values/user-error.ts";

export { UserError } from "../../hub/values/user-error.ts";

/**
 * Runs a tool's main function, which returns the exit status. A {@link UserError}, such as a hub's config error, ends the process with status 1 and its message. Any other
 * error is a defect of the tool and keeps its stack trace.
 */
export async function runTool(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  }
}
