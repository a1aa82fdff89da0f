/** The signatures that the release accepts that runs on the handler's machine. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { LOOK_AT_RUNNING, NOTHING_RUNS } from "../../hub/scripts/look-at-accepted.ts";
import type { RunningSigning } from "../../hub/signing/refused-change.ts";
import { UserError } from "../../hub/values/user-error.ts";
import { printedSigning } from "./printed-signing.ts";

const run = promisify(execFile);

/** The time for the look, in milliseconds. Over SSH it reads a key with `op` first. */
const TIMEOUT_MS = 120_000;

/**
 * Reads them from the machine.
 *
 * @param environment the variables of {@link LOOK_AT_RUNNING} and of the transport
 * @throws UserError if the machine cannot be reached, or the release's file is not as this program writes it
 */
export async function runningSigning(environment: NodeJS.ProcessEnv): Promise<RunningSigning> {
  const looking = run("/bin/sh", ["-c", LOOK_AT_RUNNING], { env: environment, timeout: TIMEOUT_MS });
  const { stdout } = await looking.catch((cause: Error & { readonly stderr?: string }) => {
    const said = cause.stderr?.trim().split("\n").at(-1) || cause.message;
    throw new UserError(`hub:signing: it cannot be read which keys the running release accepts: ${said}`, { cause });
  });
  const printed = stdout.trim();
  if (printed === NOTHING_RUNS) return "nothing";
  const accepted = printedSigning(printed);
  if (accepted !== undefined) return accepted;
  throw new UserError(
    "hub:signing: the running release's file about its keys is damaged; stage and authorise a release",
  );
}
