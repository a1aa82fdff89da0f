import { AUTHORISATION_DAYS } from "../authorisation.ts";
import { onMachine } from "./on-machine.ts";
import { FAIL, FIND_RELEASES, WHOLE } from "./shell.ts";

/**
 * How long a release has, from the reload to the probe's answer, in seconds. PM2 ends what it replaces after the release's `listen_timeout`
 * of 30 s, ready or not. Until then the old process still answers, and going back loses no request.
 */
export const ATTEMPT_SECONDS = 25;

/**
 * Which of PM2's processes run what: `NUMBER online from that path, NUMBER in all, NUMBER as the ecosystem file says`. PM2's list holds
 * variables, so it goes through a pipe and nothing of it is printed. A line of PM2's own may stand before it.
 */
const COUNT = `const { readFileSync, realpathSync } = require("node:fs");
const [name, link] = process.argv.slice(1);
const folder = realpathSync(link);
const printed = readFileSync(0, "utf8");
const list = JSON.parse(/^\\[.*\\]$/m.exec(printed)?.[0] ?? "[]").filter((process) => process.name === name);
const online = list.filter(({ pm2_env: { status, pm_exec_path } }) => status === "online" && pm_exec_path === folder + "/handler.mjs");
const { apps } = require(folder + "/ecosystem.config.cjs");
console.log(online.length, list.length, apps[0].instances);`;

/** PM2 would store the variables of whoever calls it with the process, and write them into its dump. */
const CLEAN = `clean() {
  env -i HOME="$HOME" PATH="$PATH" LANG=C.UTF-8 \${PM2_HOME:+PM2_HOME="$PM2_HOME"} "$@" </dev/null
}`;

const STEPS = `link() {
  ln -sfT "$1" "$HUB_RELEASES/.current.new"
  mv -fT "$HUB_RELEASES/.current.new" "$HUB_RELEASES/current"
}
in_time() { [ "$(date +%s)" -lt "$deadline" ]; }
# What is left of the time, in seconds. \`timeout\` takes 0 for no end.
left() { if in_time; then echo $((deadline - $(date +%s))); else echo 1; fi; }
counts() { clean pm2 jlist 2>/dev/null | clean_count "$1"; }
clean_count() { env -i PATH="$PATH" node -e '${COUNT}' "$HUB_PROCESS" "$HUB_RELEASES/$1"; }
runs() {
  set -- $(counts "$1")
  [ "$#" = 3 ] && [ "$1" = "$2" ] && [ "$2" = "$3" ]
}
answers() { clean timeout "$(left)" node "$HUB_RELEASES/$1/handler.mjs" probe >/dev/null 2>"$said"; }
# switch_to RELEASE ACTION: false with a reason where the release does not run and answer in time.
switch_to() {
  deadline=$(($(date +%s) + ${ATTEMPT_SECONDS}))
  reason="the link current cannot be moved"
  link "$1" || return 1
  reason="PM2 does not have it running after ${ATTEMPT_SECONDS} s"
  stuck=
  while in_time; do
    status=0
    clean timeout -k 1 "$(left)" pm2 "$2" "$HUB_RELEASES/$1/ecosystem.config.cjs" --update-env >/dev/null 2>&1 || status=$?
    ! runs "$1" || break
    [ "$status" != 124 ] && [ "$status" != 137 ] || stuck=yes
    set -- "$1" "$2" $(counts "$1")
    # A reload keeps the number of processes.
    if [ "$#" = 5 ] && [ "$3" = "$4" ] && [ "$4" != "$5" ]; then
      clean timeout -k 1 "$(left)" pm2 scale "$HUB_PROCESS" "$5" >/dev/null 2>&1 ||:
      ! runs "$1" || break
    fi
    # A reload that an earlier run began may still be under way; PM2 takes no other one until it is over.
    sleep 0.5
  done
  runs "$1" || return 1
  stuck=
  reason="its probe is not answered"
  until answers "$1"; do
    in_time || { reason="its probe fails: $(tail -n 1 "$said" | cut -c 1-300)"; return 1; }
    sleep 0.5
  done
}`;

const GO_BACK = `go_back() {
  why="$reason"
  if [ "$previous" = none ]; then
    clean pm2 delete "$HUB_PROCESS" >/dev/null 2>&1 ||:
    rm -f "$HUB_RELEASES/current"
    now="nothing runs"
  elif [ "$previous" = "$HUB_RELEASE" ]; then
    now="it is the release that ran before, and stays"
  else
    # A reload that hangs takes no other one, and is over as soon as what it started is restarted and ready. The old process answers meanwhile.
    action=startOrReload
    [ -z "$stuck" ] || action=startOrRestart
    if switch_to "$previous" "$action"; then
      now="$previous runs again"
    else
      now="and $previous, to which it went back, does not answer either: $reason"
    fi
  fi
  clean pm2 save --force >/dev/null 2>&1 ||:
  text="release $HUB_RELEASE was not taken: $why; $now"
  clean timeout 20 node "$target/handler.mjs" alert "$text" >/dev/null 2>&1 || text="$text; the alert could not be sent"
  note failed
  fail "$text; mend it and authorise again"
}`;

const AUTHORISED = `note() {
  printf '%s\\n' "$1" >"$notes/$key.new"
  sync "$notes/$key.new"
  mv -fT "$notes/$key.new" "$notes/$key"
}
notes="$HUB_RELEASES/.authorisations"
key="$(printf 'sha256:%s %s %s' "$HUB_RELEASE" "$HUB_AUTHORISED_BY" "$HUB_AUTHORISED_ON" | sha256sum | cut -d ' ' -f 1)"
target="$HUB_RELEASES/$HUB_RELEASE"
state="$(cat "$notes/$key" 2>/dev/null ||:)"
case "$state" in
  done)
    [ "$(readlink "$HUB_RELEASES/current")" = "$HUB_RELEASE" ] ||
      fail "hub:authorisation: it was carried out, and another release runs since; authorise again, with the moment"
    echo "this authorisation was carried out"; exit 0 ;;
  failed) fail "hub:authorisation: the attempt with it failed; authorise again, or remove it" ;;
  started | "") ;;
  *) fail "$notes/$key is damaged; authorise again" ;;
esac
whole "$target" "$HUB_RELEASE" ||
  fail "hub:authorisation.release: sha256:$HUB_RELEASE is not staged whole in $HUB_RELEASES; authorise one that is"`;

const BEGIN = `if [ "$state" = "" ]; then
  given="$(date -u -d "$HUB_AUTHORISED_ON" +%s)" || fail "hub:authorisation.on: $HUB_AUTHORISED_ON is no date"
  days=$((($(date -u +%s) - given) / 86400))
  [ "$given" -le "$(date -u +%s)" ] || fail "hub:authorisation.on: $HUB_AUTHORISED_ON is in the future"
  [ "$days" -le ${AUTHORISATION_DAYS} ] ||
    fail "hub:authorisation.on: $HUB_AUTHORISED_ON is more than ${AUTHORISATION_DAYS} days ago; ask for a new authorisation"
  mkdir -p "$notes"
  previous="$(readlink "$HUB_RELEASES/current" || echo none)"
  printf '%s\\n' "$previous" >"$notes/$key.previous"
  sync "$notes/$key.previous"
  note started
fi
previous="$(cat "$notes/$key.previous")"`;

const RESTART = `${FAIL}
${FIND_RELEASES}
${WHOLE}
${CLEAN}
${STEPS}
${GO_BACK}
${AUTHORISED}
${BEGIN}
said="$(mktemp)"
trap 'rm -f "$said"' EXIT
switch_to "$HUB_RELEASE" startOrReload || go_back
clean pm2 save --force >/dev/null 2>&1 || { reason="PM2 cannot save its list"; go_back; }
note done
echo "$HUB_RELEASE runs"`;

/**
 * The shell script that has PM2 run a staged release, once for an authorisation. It notes that it has begun, moves `current`, lets PM2 reload,
 * and waits until every process runs this release and its probe is answered over the registered URL. Else it goes back to the release before by
 * itself, sends an alert, notes that it failed, and ends with status 1 and one line. One that was killed is taken up again by the next run; one
 * that failed is refused; one that is done is left alone.
 *
 * It reads `HUB_RELEASE` (64 hex digits), `HUB_RELEASES`, `HUB_PROCESS` (the name at PM2), `HUB_AUTHORISED_BY` and `HUB_AUTHORISED_ON`. PM2's
 * home is the user's own.
 */
export const RESTART_SCRIPT = onMachine(RESTART, [
  "HUB_AUTHORISED_BY",
  "HUB_AUTHORISED_ON",
  "HUB_PROCESS",
  "HUB_RELEASE",
  "HUB_RELEASES",
]);
