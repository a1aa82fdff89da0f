/**
 * The shell scripts for the mounts of the Tailscale Funnel. They read `HUB_FUNNEL_HOST`, `HUB_FUNNEL_MOUNTS` (paths, separated by blanks) and
 * `HUB_FUNNEL_TARGET` (`http://127.0.0.1:PORT`). The target repeats the mount, so that a path arrives whole (measured). A mount that leads to the
 * handler in exactly this way is the stack's; every other mount on the machine is left alone. `tailscale funnel status --json` prints
 * tailscaled's `ServeConfig` (https://github.com/tailscale/tailscale/blob/main/ipn/serve.go).
 */
import { onMachine } from "./on-machine.ts";
import { FAIL } from "./shell.ts";

/** The states that {@link LOOK_AT_FUNNEL} may print. */
export const FUNNEL_STATES = ["as declared", "not as declared"] as const;
export type FunnelState = (typeof FUNNEL_STATES)[number];

/** Reads the funnel's mounts at the host's port 443. */
const READ = `const { readFileSync } = require("node:fs");
const [host, target, ...mounts] = process.argv.slice(1);
const { Web = {}, AllowFunnel = {} } = JSON.parse(readFileSync(0, "utf8") || "null") ?? {};
const address = host + ":443";
const handlers = Web[address]?.Handlers ?? {};
const isSet = (mount) => handlers[mount]?.Proxy === target + mount;`;

/** Prints each mount that is not as declared, a line each. */
const COMPARE = `${READ}
for (const mount of mounts) if (AllowFunnel[address] !== true || !isSet(mount)) console.log(mount);`;

/** Prints each mount that leads to the handler as the stack sets it but is not declared. */
const SURPLUS = `${READ}
for (const mount of Object.keys(handlers)) if (isSet(mount) && !mounts.includes(mount)) console.log(mount);`;

const VARIABLES = ["HUB_FUNNEL_HOST", "HUB_FUNNEL_MOUNTS", "HUB_FUNNEL_TARGET"];

const DIFFERENT = `ask() {
  status="$(tailscale funnel status --json)" || fail "hub:hosts.funnel: tailscale does not report the state of the funnel; see tailscale status"
  printf %s "$status" | node -e "$1" "$HUB_FUNNEL_HOST" "$HUB_FUNNEL_TARGET" $HUB_FUNNEL_MOUNTS
}
different() { ask '${COMPARE}'; }
surplus() { ask '${SURPLUS}'; }
take_away() {
  tailscale funnel --yes --set-path="$1" off >/dev/null || fail "hub:hosts.funnel.mounts: tailscale does not remove $1"
}`;

/** The funnel is on or off for a whole port: turning it on would expose mounts for the tailnet to the internet. */
const PRIVATE = `const { readFileSync } = require("node:fs");
const [host, ...mounts] = process.argv.slice(1);
const { Web = {}, AllowFunnel = {} } = JSON.parse(readFileSync(0, "utf8") || "null") ?? {};
const address = host + ":443";
const others = Object.keys(Web[address]?.Handlers ?? {}).filter((mount) => !mounts.includes(mount));
if (AllowFunnel[address] !== true) console.log(others.join(" "));`;

/** Prints one of {@link FUNNEL_STATES} and changes nothing. */
export const LOOK_AT_FUNNEL = onMachine(
  `${FAIL}
${DIFFERENT}
wrong="$(different)"
more="$(surplus)"
[ -z "$wrong$more" ] && echo "as declared" || echo "not as declared"`,
  VARIABLES,
);

/**
 * Sets each mount that is not as declared, removes each mount that leads to the handler but is not declared, and reads all of them back. A
 * mount that stays is never missing meanwhile.
 */
export const SET_FUNNEL = onMachine(
  `${FAIL}
${DIFFERENT}
wrong="$(different)"
if [ -n "$wrong" ]; then
  private="$(tailscale funnel status --json | node -e '${PRIVATE}' "$HUB_FUNNEL_HOST" $HUB_FUNNEL_MOUNTS)"
  [ -z "$private" ] ||
    fail "hub:hosts.funnel: $private at $HUB_FUNNEL_HOST is only for the tailnet, and the funnel would expose it to the internet; move it to another port"
fi
for mount in $wrong; do
  tailscale funnel --bg --yes --set-path="$mount" "$HUB_FUNNEL_TARGET$mount" >/dev/null ||
    fail "hub:hosts.funnel.mounts: tailscale does not set $mount; see tailscale funnel status, and allow the user to set it: sudo tailscale set --operator=$(id -un)"
done
more="$(surplus)"
for mount in $more; do
  take_away "$mount"
done
wrong="$(different)"
more="$(surplus)"
[ -z "$wrong$more" ] ||
  fail "hub:hosts.funnel.mounts: not as declared after they were set, at $HUB_FUNNEL_HOST: $(echo $wrong $more)"
echo "as declared"`,
  VARIABLES,
);

/** Removes the declared mounts that still lead to the handler. */
export const REMOVE_FUNNEL = onMachine(
  `${FAIL}
${DIFFERENT}
for mount in $HUB_FUNNEL_MOUNTS; do
  case " $(echo $(different)) " in *" $mount "*) continue ;; esac
  take_away "$mount"
done`,
  VARIABLES,
);
