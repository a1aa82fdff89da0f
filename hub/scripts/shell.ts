/** Parts that the scripts for the handler's machine share: POSIX sh with GNU coreutils and flock. They read only `HUB_*` variables. */

/** `fail MESSAGE`: prints one line on the standard error and exits with 1. */
export const FAIL = `set -eu
fail() { echo "$1" >&2; exit 1; }
# Not every shell runs the EXIT trap when a signal ends it.
trap 'exit 1' HUP INT TERM`;

/** Makes `HUB_RELEASES`, the folder of all releases, absolute: a relative path starts from the project's top. */
export const FIND_RELEASES = `case "$HUB_RELEASES" in
  /*) ;;
  *)
    while [ ! -f Pulumi.yaml ]; do
      [ "$PWD" != / ] || fail "hub:handler.releases: $HUB_RELEASES is relative to the project's top, which is not on this machine; name an absolute folder"
      cd ..
    done
    HUB_RELEASES="$PWD/$HUB_RELEASES" ;;
esac`;

/**
 * `flaw FOLDER DIGEST` prints the first reason why a folder is not the release of that digest (64 hex digits), in a line, and nothing if it is. The
 * release is its listed files and nothing else: a file beside them (a `package.json`, a folder of modules) would change what they do, and a link could
 * lead to anything. `whole FOLDER DIGEST` is true if there is no reason, and prints nothing.
 */
export const WHOLE = `flaw() (
  [ ! -L "$1" ] || { echo "it is a link"; exit; }
  cd "$1" 2>/dev/null || { echo "it is missing"; exit; }
  [ "$(sha256sum SHA256SUMS 2>/dev/null | cut -d ' ' -f 1)" = "$2" ] || { echo "SHA256SUMS is another than its digest"; exit; }
  odd="$(find . -mindepth 1 ! -type f | head -n 1)"
  [ -z "$odd" ] || { echo "$odd is not a file"; exit; }
  odd="$(find . -type f ! -path ./SHA256SUMS | cut -c 3- | grep -vxF "$(cut -c 67- SHA256SUMS)" | head -n 1 ||:)"
  [ -z "$odd" ] || { echo "$odd is not listed in SHA256SUMS"; exit; }
  sha256sum --check --status SHA256SUMS 2>/dev/null || echo "a file differs from SHA256SUMS or is missing"
)
whole() { [ -z "$(flaw "$1" "$2")" ]; }`;

/** How long a script waits for another, in seconds. A restart that goes back takes about a minute, and over SSH it outlives its connection. */
export const LOCK_SECONDS = 90;

/**
 * `lock WHAT`: no other script stages or restarts on this machine until this one ends, in any way. The lock's descriptor is 9; a process that
 * outlives the script must not inherit it.
 *
 * @param seconds how long to wait for the holder of the lock before failing with its name
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
