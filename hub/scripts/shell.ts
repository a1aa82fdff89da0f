/** What the scripts for the handler's machine share. They are POSIX sh with GNU coreutils, and read `HUB_*` variables alone. */

/** `fail MESSAGE`: one line on the standard error, and the end. */
export const FAIL = `set -eu
fail() { echo "$1" >&2; exit 1; }`;

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
