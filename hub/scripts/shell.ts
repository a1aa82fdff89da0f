/** What the scripts for the handler's machine share. They are POSIX sh with GNU coreutils and flock, and read `HUB_*` variables alone. */

/** `fail MESSAGE`: one line on the standard error, and the end. */
export const FAIL = `set -eu
fail() { echo "$1" >&2; exit 1; }
# Not every shell comes to its end by way of EXIT when a signal comes.
trap 'exit 1' HUP INT TERM`;

/** Makes `HUB_RELEASES`, the folder of all releases, absolute: a relative one counts from the project's top. */
export const FIND_RELEASES = `case "$HUB_RELEASES" in
  /*) ;;
  *)
    while [ ! -f Pulumi.yaml ]; do
      [ "$PWD" != / ] || fail "hub:handler.releases: $HUB_RELEASES counts from the project's top, which is not on this machine; name an absolute folder"
      cd ..
    done
    HUB_RELEASES="$PWD/$HUB_RELEASES" ;;
esac`;

/** `whole FOLDER DIGEST`: whether a folder holds the release of that digest (64 hex digits), file by file. It prints nothing. */
export const WHOLE = `whole() (
  cd "$1" && sha256sum --check --status SHA256SUMS &&
    [ "$(sha256sum SHA256SUMS | cut -d ' ' -f 1)" = "$2" ]
) 2>/dev/null`;

/** How long a script waits for another one, in seconds: a restart that goes back takes about a minute, and one over SSH outlives its connection. */
export const LOCK_SECONDS = 90;

/**
 * `lock WHAT`: nobody else stages or restarts on this machine until this script ends, however it ends. Its descriptor is 9: what is to live on
 * must not get it.
 *
 * @param seconds how long it waits for whoever holds the lock, before it says who that is
 */
export function lock(seconds = LOCK_SECONDS): string {
  return `lock() {
  mkdir -p "$HUB_RELEASES"
  exec 9>>"$HUB_RELEASES/.lock"
  flock -w ${seconds} 9 ||
    fail "hub:handler.releases: another run is at work in $HUB_RELEASES: $(cat "$HUB_RELEASES/.lock"); wait until it is over and run this again"
  echo "$1, process $$, since $(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$HUB_RELEASES/.lock"
}`;
}
