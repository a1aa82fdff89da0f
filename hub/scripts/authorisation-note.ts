/** The note about an authorisation on the handler's machine. */
import { onMachine } from "./on-machine.ts";
import { FAIL, FIND_RELEASES } from "./shell.ts";

/** The states that {@link LOOK_AT_AUTHORISATION} may print. */
export const AUTHORISATION_STATES = ["carried out", "failed", "to be carried out"] as const;
export type AuthorisationState = (typeof AUTHORISATION_STATES)[number];

/** Sets `notes`, the folder of all notes, and `key`, the name of this authorisation's note. A note holds `started`, `done` or `failed`. */
export const FIND_NOTE = `notes="$HUB_RELEASES/.authorisations"
key="$(printf 'sha256:%s %s %s' "$HUB_RELEASE" "$HUB_AUTHORISED_BY" "$HUB_AUTHORISED_ON" | sha256sum | cut -d ' ' -f 1)"`;

const LOOK = `${FAIL}
${FIND_RELEASES}
${FIND_NOTE}
case "$(cat "$notes/$key" 2>/dev/null ||:)" in
  done) echo "carried out" ;;
  failed) echo "failed" ;;
  *) echo "to be carried out" ;;
esac`;

/**
 * The shell script that prints one of {@link AUTHORISATION_STATES} and changes nothing. It reads `HUB_AUTHORISED_BY`, `HUB_AUTHORISED_ON`,
 * `HUB_RELEASE` (64 hex digits) and `HUB_RELEASES`.
 */
export const LOOK_AT_AUTHORISATION = onMachine(LOOK, [
  "HUB_AUTHORISED_BY",
  "HUB_AUTHORISED_ON",
  "HUB_RELEASE",
  "HUB_RELEASES",
]);
