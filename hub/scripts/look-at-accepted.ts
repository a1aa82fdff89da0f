/** The looks at the signatures that a release on the handler's machine accepts. */
import { ACCEPTED_SIGNING_FILE } from "../signing/accepted-signing.ts";
import { type AuthorisationState, FIND_NOTE } from "./authorisation-note.ts";
import { onMachine } from "./on-machine.ts";
import { PM2 } from "./pm2.ts";
import { FAIL, FIND_RELEASES } from "./shell.ts";

/** The line that {@link LOOK_AT_RUNNING} prints if no release runs whole. */
export const NOTHING_RUNS = "nothing runs";

/** The line for a release that has no file about signing. */
export const NO_FILE = "no file";

/** The line that {@link LOOK_AT_AUTHORISED} prints if the authorised release is not on the machine. The restart refuses it then. */
export const NO_RELEASE = "no release";

/** The lines that it prints if no restart follows: the authorisation had its one attempt. */
export const NO_RESTART = ["carried out", "failed"] as const satisfies readonly AuthorisationState[];

const FILE = ACCEPTED_SIGNING_FILE;

const RUNNING = `${FAIL}
${FIND_RELEASES}
${PM2}
release="$(readlink "$HUB_RELEASES/current" || :)"
if [ -z "$release" ] || ! runs "$release"; then
  echo "${NOTHING_RUNS}"
elif [ -f "$HUB_RELEASES/$release/${FILE}" ]; then
  cat "$HUB_RELEASES/$release/${FILE}"
else
  echo "${NO_FILE}"
fi`;

/**
 * The shell script that prints which signatures the running release accepts, as its file says: the release that `current` leads to, if every process
 * of the handler runs it. It changes nothing, and reads `HUB_PROCESS` and `HUB_RELEASES`.
 */
export const LOOK_AT_RUNNING = onMachine(RUNNING, ["HUB_PROCESS", "HUB_RELEASES"]);

// Staging may have hidden the release; the restart takes it back.
const AUTHORISED = `${FAIL}
${FIND_RELEASES}
${FIND_NOTE}
release="$HUB_RELEASES/$HUB_RELEASE"
[ -e "$release" ] || release="$HUB_RELEASES/.removed.$HUB_RELEASE"
case "$(cat "$notes/$key" 2>/dev/null ||:)" in
  done) echo "${NO_RESTART[0]}" ;;
  failed) echo "${NO_RESTART[1]}" ;;
  *)
    if [ ! -d "$release" ]; then
      echo "${NO_RELEASE}"
    elif [ -f "$release/${FILE}" ]; then
      cat "$release/${FILE}"
    else
      echo "${NO_FILE}"
    fi ;;
esac`;

/**
 * The shell script that prints which signatures the authorised release accepts, as its file says, if its authorisation is to be carried out. It changes
 * nothing, and reads `HUB_AUTHORISED_BY`, `HUB_AUTHORISED_ON`, `HUB_RELEASE` (64 hex digits) and `HUB_RELEASES`.
 */
export const LOOK_AT_AUTHORISED = onMachine(AUTHORISED, [
  "HUB_AUTHORISED_BY",
  "HUB_AUTHORISED_ON",
  "HUB_RELEASE",
  "HUB_RELEASES",
]);
