import { ACCEPTED_SIGNING_FILE } from "../signing/accepted-signing.ts";
import { onMachine } from "./on-machine.ts";
import { PM2 } from "./pm2.ts";
import { FAIL, FIND_RELEASES } from "./shell.ts";

/** The line that {@link LOOK_AT_RUNNING} prints if no release runs whole. */
export const NOTHING_RUNS = "nothing runs";

/** The line that it prints if a release runs that has no file about signing. */
export const NO_FILE = "no file";

const LOOK = `${FAIL}
${FIND_RELEASES}
${PM2}
release="$(readlink "$HUB_RELEASES/current" || :)"
if [ -z "$release" ] || ! runs "$release"; then
  echo "${NOTHING_RUNS}"
elif [ -f "$HUB_RELEASES/$release/${ACCEPTED_SIGNING_FILE}" ]; then
  cat "$HUB_RELEASES/$release/${ACCEPTED_SIGNING_FILE}"
else
  echo "${NO_FILE}"
fi`;

/**
 * The shell script that prints which signatures the running release accepts, as its file says: the release that `current` leads to, if every process
 * of the handler runs it. It changes nothing, and reads `HUB_PROCESS` and `HUB_RELEASES`.
 */
export const LOOK_AT_RUNNING = onMachine(LOOK, ["HUB_PROCESS", "HUB_RELEASES"]);
