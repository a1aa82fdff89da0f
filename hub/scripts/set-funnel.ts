/**
 * The shell scripts for the mounts of the Tailscale Funnel. They read `HUB_FUNNEL_HOST`, `HUB_FUNNEL_MOUNTS` (paths, a blank between two) and
 * `HUB_FUNNEL_TARGET` (`http://127.0.0.1:PORT`). The target repeats the mount, so that a path arrives whole: measured. Every other mount on the
 * machine is left alone. `tailscale funnel status --json` prints tailscaled's `ServeConfig`
 * (https://github.com/tailscale/tailscale/blob/main/ipn/serve.go).
 */
import { onMachine } from "./on-machine.ts";
import { FAIL } from "./shell.ts";

/** What {@link LOOK_AT_FUNNEL} may print. */
export const FUNNEL_STATES = ["as declared", "not as declared"] as const;
export type FunnelState = (typeof FUNNEL_STATES)[number];

/** Prints each mount that is not as declared, a line each. */
const COMPARE = `const { readFileSync } = require("node:fs");
const [host, target, ...mounts] = process.argv.slice(1);
const { Web = {}, AllowFunnel = {} } = JSON.parse(readFileSync(0, "utf8") || "null") ?? {};
const address = host + ":443";
const handlers = Web[address]?.Handlers ?? {};
for (const mount of mounts) {
  if (AllowFunnel[address] === true && handlers[mount]?.Proxy === target + mount) continue;
  console.log(mount);
}`;

const VARIABLES = ["HUB_FUNNEL_HOST", "HUB_FUNNEL_MOUNTS", "HUB_FUNNEL_TARGET"];

const DIFFERENT = `different() {
  status="$(tailscale funnel status --json)" || fail "hub:hosts.funnel: tailscale does not say how the funnel is; see tailscale status"
  printf %s "$status" | node -e '${COMPARE}' "$HUB_FUNNEL_HOST" "$HUB_FUNNEL_TARGET" $HUB_FUNNEL_MOUNTS
}`;

/** The funnel is on or off for a whole port: turning it on would show the internet what only the tailnet was given. */
const PRIVATE = `const { readFileSync } = require("node:fs");
const [host, ...mounts] = process.argv.slice(1);
const { Web = {}, AllowFunnel = {} } = JSON.parse(readFileSync(0, "utf8") || "null") ?? {};
const address = host + ":443";
const others = Object.keys(Web[address]?.Handlers ?? {}).filter((mount) => !mounts.includes(mount));
if (AllowFunnel[address] !== true) console.log(others.join(" "));`;

/** Prints one of {@link FUNNEL_STATES}, and changes nothing. */
export const LOOK_AT_FUNNEL = onMachine(
  `${FAIL}
${DIFFERENT}
found="$(different)"
[ -z "$found" ] && echo "as declared" || echo "not as declared"`,
  VARIABLES,
);

/** Sets each mount that is not as declared, and reads all of them back. */
export const SET_FUNNEL = onMachine(
  `${FAIL}
${DIFFERENT}
wrong="$(different)"
if [ -n "$wrong" ]; then
  private="$(tailscale funnel status --json | node -e '${PRIVATE}' "$HUB_FUNNEL_HOST" $HUB_FUNNEL_MOUNTS)"
  [ -z "$private" ] ||
    fail "hub:hosts.funnel: $private at $HUB_FUNNEL_HOST is for the tailnet alone, and the funnel would show it to the internet; move it to another port"
fi
for mount in $wrong; do
  tailscale funnel --bg --yes --set-path="$mount" "$HUB_FUNNEL_TARGET$mount" >/dev/null ||
    fail "hub:hosts.funnel.mounts: tailscale does not set $mount; see tailscale funnel status, and let the user set it: sudo tailscale set --operator=$(id -un)"
done
found="$(different)"
[ -z "$found" ] || fail "hub:hosts.funnel.mounts: not as declared after they were set, at $HUB_FUNNEL_HOST: $(echo $found)"
echo "as declared"`,
  VARIABLES,
);

/** Takes the mounts away that still lead to the handler. */
export const REMOVE_FUNNEL = onMachine(
  `${FAIL}
${DIFFERENT}
for mount in $HUB_FUNNEL_MOUNTS; do
  case " $(echo $(different)) " in *" $mount "*) continue ;; esac
  tailscale funnel --yes --set-path="$mount" off >/dev/null || fail "hub:hosts.funnel.mounts: tailscale does not take $mount away"
done`,
  VARIABLES,
);
