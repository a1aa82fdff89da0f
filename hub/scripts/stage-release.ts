import { onMachine } from "./on-machine.ts";
import { FAIL, FIND_RELEASES, lock, WHOLE } from "./shell.ts";

/** The number of releases that stay on the machine, including the running one and the one just staged. */
export const KEPT_RELEASES = 5;

/** Prints the release's files, from its build in the project. */
const ARCHIVE = `while [ ! -f Pulumi.yaml ]; do [ "$PWD" != / ] || fail "not inside the project"; cd ..; done
[ -d ".hub/build/$HUB_RELEASE" ] || fail ".hub/build/$HUB_RELEASE is missing; run this again"
tar -czf - -C ".hub/build/$HUB_RELEASE" . | base64`;

const STAGE = `${FAIL}
${FIND_RELEASES}
${lock()}
${WHOLE}
lock "the staging of $HUB_RELEASE"
target="$HUB_RELEASES/$HUB_RELEASE"
unfinished=
trap '[ -z "$unfinished" ] || rm -rf "$unfinished"' EXIT
if [ -e "$target" ]; then
  damage="$(flaw "$target" "$HUB_RELEASE")"
  [ -z "$damage" ] ||
    fail "hub:handler.releases: $target is damaged ($damage); put it right, or remove it if it does not run, and run this again"
  # Staging it again makes it the newest.
  touch "$target"
else
  unfinished="$(mktemp -d "$HUB_RELEASES/.unfinished.XXXXXX")"
  base64 -d | tar -xzf - --no-same-owner --no-same-permissions -C "$unfinished"
  chmod 755 "$unfinished"
  damage="$(flaw "$unfinished" "$HUB_RELEASE")"
  [ -z "$damage" ] || fail ".hub/build/$HUB_RELEASE is damaged ($damage); remove it and run this again"
  sync "$unfinished"/*
  mv -T "$unfinished" "$target" || fail "hub:handler.releases: $target cannot be written"
fi
# Leftovers of a killed run: this script holds the lock.
rm -rf "$HUB_RELEASES"/.unfinished.*
# The running release stays, and the one that a restart under way would go back to.
kept="$HUB_RELEASE $(readlink "$HUB_RELEASES/current" ||:)"
for note in "$HUB_RELEASES/.authorisations"/*; do
  case "$note" in *.previous) continue ;; esac
  [ "$(cat "$note" 2>/dev/null ||:)" != started ] || kept="$kept $(cat "$note.previous" 2>/dev/null ||:)"
done
count=$(printf '%s\\n' $kept | sort -u | grep -cE '^[0-9a-f]{64}$')
removed=
for release in $(ls -1t "$HUB_RELEASES" | grep -E '^[0-9a-f]{64}$'); do
  case " $kept " in *" $release "*) continue ;; esac
  count=$((count + 1))
  [ "$count" -gt ${KEPT_RELEASES} ] || continue
  # A rename removes it in one step. The last one removed can be restored: this run may authorise it.
  [ "$removed" = yes ] || rm -rf "$HUB_RELEASES"/.removed.*
  removed=yes
  mv -T "$HUB_RELEASES/$release" "$HUB_RELEASES/.removed.$release"
done`;

/**
 * The shell script that puts a release beside the others, named by its digest. It appears whole and checked, or not at all; one that is there
 * already is only checked. The running release does not change. The newest releases stay, {@link KEPT_RELEASES} in all, and always the running
 * one; the last one removed can still be authorised. It reads `HUB_RELEASE` (64 hex digits) and `HUB_RELEASES` (the folder of all
 * releases).
 */
export const STAGE_SCRIPT = onMachine(STAGE, ["HUB_RELEASE", "HUB_RELEASES"], ARCHIVE);
