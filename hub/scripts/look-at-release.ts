import { onMachine } from "./on-machine.ts";
import { FAIL, FIND_RELEASES, WHOLE } from "./shell.ts";

/** The states that {@link LOOK_AT_RELEASE} may print. */
export const RELEASE_STATES = ["as declared", "missing", "not as declared"] as const;
export type ReleaseState = (typeof RELEASE_STATES)[number];

const LOOK = `${FAIL}
${FIND_RELEASES}
${WHOLE}
target="$HUB_RELEASES/$HUB_RELEASE"
if [ ! -e "$target" ] && [ ! -L "$target" ]; then
  echo "missing"
elif whole "$target" "$HUB_RELEASE"; then
  echo "as declared"
else
  echo "not as declared"
fi`;

/**
 * The shell script that checks, file by file, whether a release is whole on the handler's machine. It changes nothing. It prints one of
 * {@link RELEASE_STATES}, and reads `HUB_RELEASE` (64 hex digits) and `HUB_RELEASES` (the folder of all releases).
 */
export const LOOK_AT_RELEASE = onMachine(LOOK, ["HUB_RELEASE", "HUB_RELEASES"]);
