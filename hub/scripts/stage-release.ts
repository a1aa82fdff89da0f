/**
 * The shell script that puts a release beside the others under the name of its digest. It appears whole and checked, or not at all; one that
 * is there already is only checked. It moves nothing that runs. It reads `HUB_RELEASE` (64 hex digits), `HUB_RELEASES` (the folder of all
 * releases) and needs GNU coreutils.
 */
export const STAGE_SCRIPT = `set -eu
while [ ! -f Pulumi.yaml ]; do [ "$PWD" != / ] || { echo "not inside the project" >&2; exit 1; }; cd ..; done
check() (
  cd "$1" && sha256sum --check --quiet SHA256SUMS &&
    [ "$(sha256sum SHA256SUMS | cut -d ' ' -f 1)" = "$HUB_RELEASE" ]
)
target="$HUB_RELEASES/$HUB_RELEASE"
if [ -e "$target" ]; then
  check "$target" || { echo "hub:handler.releases: $target is damaged; remove it and run this again" >&2; exit 1; }
  exit 0
fi
mkdir -p "$HUB_RELEASES"
unfinished="$(mktemp -d "$HUB_RELEASES/.unfinished.XXXXXX")"
trap 'rm -rf "$unfinished"' EXIT
cp ".hub/build/$HUB_RELEASE/"* "$unfinished"
chmod 755 "$unfinished"
check "$unfinished" || { echo ".hub/build/$HUB_RELEASE is damaged; remove it and run this again" >&2; exit 1; }
# Another run may have staged the same release meanwhile; the move does not go into it.
mv -T "$unfinished" "$target" || check "$target"`;
