import { onMachine } from "./on-machine.ts";
import { PROGRAMS } from "./programs.ts";
import { FAIL, FIND_RELEASES } from "./shell.ts";

const CHECK = `${FAIL}
${FIND_RELEASES}
${PROGRAMS}
problems=
miss() { problems="\${problems:+$problems; }$1"; }
has() { command -v "$1" >/dev/null 2>&1; }
for check in node_problem pm2_problem; do
  problem="$($check)"
  [ -z "$problem" ] || miss "$problem"
done
has op || miss "op is not on PATH; install 1Password's CLI (https://developer.1password.com/docs/cli/get-started/)"
for tool in sha256sum mv ln ls sync date mktemp timeout base64; do
  "$tool" --version 2>/dev/null | grep -q "GNU coreutils" || { miss "$tool is not GNU coreutils'; install coreutils"; break; }
done
for tool in cmp find flock grep sed tar; do
  has "$tool" || miss "$tool is not on PATH; install it"
done
[ "$HUB_FUNNEL" != managed ] || has tailscale ||
  miss "tailscale is not on PATH, but hub:hosts.funnel.prefix is whole; install it (https://tailscale.com/download)"
user="$(id -un)"
if [ -n "$HUB_USER" ]; then
  [ "$user" = "$HUB_USER" ] || miss "this runs as $user, but hub:transport.user is $HUB_USER; run it as $HUB_USER"
elif [ "$(id -u)" = 0 ]; then
  miss "this runs as root; run it as the user who runs PM2, or set hub:transport.user to root"
fi
folder="$HUB_RELEASES"
while [ ! -e "$folder" ]; do folder="$(dirname "$folder")"; done
[ -d "$folder" ] && [ -w "$folder" ] && [ -x "$folder" ] ||
  miss "hub:handler.releases: $user cannot write in $folder; run sudo install -d -o $user $HUB_RELEASES"
[ -z "$problems" ] || fail "the handler's machine is not ready: $problems"
echo "ready"`;

/**
 * The shell script that reports everything the handler's machine lacks and what to install. It changes nothing. It reads `HUB_RELEASES`, `HUB_USER`
 * (the user who must run it; empty for any user but root) and `HUB_FUNNEL` (`managed` if the stack sets the funnel's mounts).
 */
export const CHECK_MACHINE = onMachine(CHECK, ["HUB_FUNNEL", "HUB_RELEASES", "HUB_USER"]);
