/**
 * The shell scripts that write, remove and check the gate file (`hub/gate/gate-file.ts`). They read `HUB_GATE_FILE` (its path, absolute or relative to
 * the project's top). Those that write or compare also read `HUB_GATE` (the approvals, one a line) and `HUB_GATE_MAC` (their MACs, one a line).
 */
import { onMachine } from "./on-machine.ts";

const FIND_FILE = `set -eu
case "$HUB_GATE_FILE" in
  /*) ;;
  *)
    while [ ! -f Pulumi.yaml ]; do [ "$PWD" != / ] || { echo "not inside the project" >&2; exit 1; }; cd ..; done
    HUB_GATE_FILE="./$HUB_GATE_FILE" ;;
esac`;

/** Defines `gate_lines`, which prints the file: each approval behind its MAC. */
const GATE_LINES = `gate_lines() {
  while IFS= read -r approval && IFS= read -r mac <&3; do
    printf '%s %s\\n' "$mac" "$approval"
  done 3<<MACS <<APPROVALS
$HUB_GATE_MAC
MACS
$HUB_GATE
APPROVALS
}`;

/** Ends a script that fails with the removal of the file, so that a withdrawn approval does not outlive the attempt. */
const REMOVE_ON_FAILURE = `unfinished=
finish() {
  status=$?
  [ "$status" = 0 ] || rm -f "$unfinished" "$HUB_GATE_FILE" 2>/dev/null ||:
  exit "$status"
}
trap finish EXIT
# Not every shell runs the EXIT trap when a signal ends it.
trap 'exit 1' HUP INT TERM`;

/** Puts the file `$unfinished` in the gate file's place. */
const PUT_IN_PLACE = `chmod 644 "$unfinished"
# Not every \`sync\` accepts a file.
sync "$unfinished" 2>/dev/null ||:
mv -f "$unfinished" "$HUB_GATE_FILE"
sync "\${HUB_GATE_FILE%/*}" 2>/dev/null ||:`;

/**
 * Writes the file, whole or not at all. If that fails, the old file is removed, so that a withdrawn approval does not outlive the attempt. The
 * handler's user may read the file: it holds no secret.
 */
export const WRITE_GATE_FILE = `${FIND_FILE}
${GATE_LINES}
${REMOVE_ON_FAILURE}
[ ! -d "$HUB_GATE_FILE" ] || { echo "hub:handler.gateFile: $HUB_GATE_FILE is a folder; name a file" >&2; exit 1; }
mkdir -p "\${HUB_GATE_FILE%/*}"
unfinished="$(mktemp "$HUB_GATE_FILE.XXXXXX")"
gate_lines >"$unfinished"
${PUT_IN_PLACE}`;

/** Removes the file, which shuts the gate. */
export const REMOVE_GATE_FILE = `${FIND_FILE}
rm -f "$HUB_GATE_FILE"`;

/**
 * The results that {@link SHUT_GATE_FILE} may print: there is no file, nothing had to be removed, some lines were removed, or none was left and the file
 * was removed.
 */
export const SHUT_RESULTS = ["shut already", "nothing to remove", "some removed", "removed"] as const;
export type ShutResult = (typeof SHUT_RESULTS)[number];

/**
 * Removes approvals from the file. If `HUB_NUMBER` names a number, that is the number's line. If it is empty, it is every line whose approval is not one
 * of `HUB_GATE`; so an empty `HUB_GATE` removes them all. A line that no `up` of this version wrote is removed in either case. This needs no secret:
 * the handler checks the MACs. Prints one of {@link SHUT_RESULTS}. `HUB_USER` is the user who must run it; empty for any user.
 */
export const SHUT_GATE_FILE = `${FIND_FILE}
user="$(id -un)"
[ -z "$HUB_USER" ] || [ "$user" = "$HUB_USER" ] || { echo "this runs as $user, but hub:transport.user is $HUB_USER" >&2; exit 1; }
newline='
'
stays() {
  case "$1" in *' {'*'"sender":"'*'","version":2}') ;; *) return 1 ;; esac
  if [ -n "$HUB_NUMBER" ]; then
    case "$1" in *'"sender":"'"$HUB_NUMBER"'"'*) return 1 ;; *) return 0 ;; esac
  fi
  case "$newline$HUB_GATE$newline" in *"$newline\${1#* }$newline"*) ;; *) return 1 ;; esac
}
if [ ! -e "$HUB_GATE_FILE" ] && [ ! -L "$HUB_GATE_FILE" ]; then
  echo "shut already"
  exit
fi
${REMOVE_ON_FAILURE}
kept=
result="nothing to remove"
if [ -f "$HUB_GATE_FILE" ] && [ "$(wc -c <"$HUB_GATE_FILE")" -le 65536 ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    if stays "$line"; then kept="$kept$line$newline"; else result="some removed"; fi
  done <"$HUB_GATE_FILE"
fi
if [ -z "$kept" ]; then
  rm -f "$HUB_GATE_FILE"
  result=removed
elif [ "$result" = "some removed" ]; then
  unfinished="$(mktemp "$HUB_GATE_FILE.XXXXXX")"
  printf %s "$kept" >"$unfinished"
  ${PUT_IN_PLACE.replaceAll("\n", "\n  ")}
fi
echo "$result"`;

/** The states that {@link LOOK_AT_GATE_FILE} may print. */
export const GATE_FILE_STATES = ["as declared", "missing", "not as declared"] as const;
export type GateFileState = (typeof GATE_FILE_STATES)[number];

/** Prints one of {@link GATE_FILE_STATES} and changes nothing. Anything but a readable file is not as declared. */
export const LOOK_AT_GATE_FILE = `${FIND_FILE}
${GATE_LINES}
if [ ! -e "$HUB_GATE_FILE" ] && [ ! -L "$HUB_GATE_FILE" ]; then
  echo "missing"
elif [ -f "$HUB_GATE_FILE" ] && gate_lines | cmp -s - "$HUB_GATE_FILE"; then
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
export const SHUT_ON_MACHINE = onMachine(SHUT_GATE_FILE, ["HUB_GATE", "HUB_GATE_FILE", "HUB_NUMBER", "HUB_USER"]);

/** {@link LOOK_AT_GATE_FILE} as it runs on the handler's machine. */
export const LOOK_ON_MACHINE = onMachine(LOOK_AT_GATE_FILE, COMPARED);
