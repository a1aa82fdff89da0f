/**
 * The shell scripts that write, remove and check the gate file. They read `HUB_GATE_FILE` (its path, absolute or relative to the project's top).
 * Those that write or compare also read `HUB_GATE` (its first line) and `HUB_GATE_MAC` (its second).
 */
import { onMachine } from "./on-machine.ts";

const FIND_FILE = `set -eu
case "$HUB_GATE_FILE" in
  /*) ;;
  *)
    while [ ! -f Pulumi.yaml ]; do [ "$PWD" != / ] || { echo "not inside the project" >&2; exit 1; }; cd ..; done
    HUB_GATE_FILE="./$HUB_GATE_FILE" ;;
esac`;

/**
 * Writes the file, whole or not at all. If that fails, the old file is removed, so that a withdrawn approval does not outlive the attempt. The
 * handler's user may read the file: it holds no secret.
 */
export const WRITE_GATE_FILE = `${FIND_FILE}
unfinished=
finish() {
  status=$?
  [ "$status" = 0 ] || rm -f "$unfinished" "$HUB_GATE_FILE" 2>/dev/null ||:
  exit "$status"
}
trap finish EXIT
# Not every shell runs the EXIT trap when a signal ends it.
trap 'exit 1' HUP INT TERM
[ ! -d "$HUB_GATE_FILE" ] || { echo "hub:handler.gateFile: $HUB_GATE_FILE is a folder; name a file" >&2; exit 1; }
mkdir -p "\${HUB_GATE_FILE%/*}"
unfinished="$(mktemp "$HUB_GATE_FILE.XXXXXX")"
printf '%s\\n%s\\n' "$HUB_GATE" "$HUB_GATE_MAC" >"$unfinished"
chmod 644 "$unfinished"
# Not every \`sync\` accepts a file.
sync "$unfinished" 2>/dev/null ||:
mv -f "$unfinished" "$HUB_GATE_FILE"
sync "\${HUB_GATE_FILE%/*}" 2>/dev/null ||:`;

/** Removes the file, which shuts the gate. */
export const REMOVE_GATE_FILE = `${FIND_FILE}
rm -f "$HUB_GATE_FILE"`;

/** The results that {@link SHUT_GATE_FILE} may print: there is no file, its first line is `HUB_GATE`, or it was removed. */
export const SHUT_RESULTS = ["shut already", "as declared", "removed"] as const;
export type ShutResult = (typeof SHUT_RESULTS)[number];

/**
 * Removes the file unless its first line is `HUB_GATE`. This needs no secret: the handler checks the MAC in the second. Prints one of
 * {@link SHUT_RESULTS}. `HUB_USER` is the user who must run it; empty for any user.
 */
export const SHUT_GATE_FILE = `${FIND_FILE}
user="$(id -un)"
[ -z "$HUB_USER" ] || [ "$user" = "$HUB_USER" ] || { echo "this runs as $user, but hub:transport.user is $HUB_USER" >&2; exit 1; }
if [ ! -e "$HUB_GATE_FILE" ] && [ ! -L "$HUB_GATE_FILE" ]; then
  echo "shut already"
elif [ -f "$HUB_GATE_FILE" ] && [ "$(head -n 1 "$HUB_GATE_FILE" 2>/dev/null)" = "$HUB_GATE" ]; then
  echo "as declared"
else
  rm -f "$HUB_GATE_FILE"
  echo "removed"
fi`;

/** The states that {@link LOOK_AT_GATE_FILE} may print. */
export const GATE_FILE_STATES = ["as declared", "missing", "not as declared"] as const;
export type GateFileState = (typeof GATE_FILE_STATES)[number];

/** Prints one of {@link GATE_FILE_STATES} and changes nothing. Anything but a readable file is not as declared. */
export const LOOK_AT_GATE_FILE = `${FIND_FILE}
if [ ! -e "$HUB_GATE_FILE" ] && [ ! -L "$HUB_GATE_FILE" ]; then
  echo "missing"
elif [ -f "$HUB_GATE_FILE" ] && printf '%s\\n%s\\n' "$HUB_GATE" "$HUB_GATE_MAC" | cmp -s - "$HUB_GATE_FILE"; then
  echo "as declared"
else
  echo "not as declared"
fi`;

const COMPARED = ["HUB_GATE", "HUB_GATE_FILE", "HUB_GATE_MAC"];

/** {@link WRITE_GATE_FILE} as it runs on the handler's machine. */
export const WRITE_ON_MACHINE = onMachine(WRITE_GATE_FILE, COMPARED);

/** {@link REMOVE_GATE_FILE} as it runs on the handler's machine. */
export const REMOVE_ON_MACHINE = onMachine(REMOVE_GATE_FILE, ["HUB_GATE_FILE"]);

/** {@link SHUT_GATE_FILE} as it runs on the handler's machine: by the tools, after a failed `up`. No resource runs it. */
export const SHUT_ON_MACHINE = onMachine(SHUT_GATE_FILE, ["HUB_GATE", "HUB_GATE_FILE", "HUB_USER"]);

/** {@link LOOK_AT_GATE_FILE} as it runs on the handler's machine. */
export const LOOK_ON_MACHINE = onMachine(LOOK_AT_GATE_FILE, COMPARED);
