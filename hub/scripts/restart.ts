import { AUTHORISATION_DAYS } from "../config/authorisation.ts";
import { FIND_NOTE } from "./authorisation-note.ts";
import { onMachine } from "./on-machine.ts";
import { PM2 } from "./pm2.ts";
import { PROGRAMS } from "./programs.ts";
import { FAIL, FIND_RELEASES, lock, WHOLE } from "./shell.ts";

/**
 * How long a release has, from the reload to the probe's answer, in seconds. PM2 ends what it replaces after the release's `listen_timeout`
 * of 30 s, ready or not. Until then the old process still answers, and going back loses no request.
 */
export const ATTEMPT_SECONDS = 25;

/** How long a release may take to say whether it can start, in seconds: it asks 1Password for all its references. */
const CHECK_SECONDS = 45;

/** With which status a release's probe ends where it was refused: `handlers/main.ts`. */
const PROBE_REFUSED = 3;

const STEPS = `link() {
  ln -sfT "$1" "$HUB_RELEASES/.current.new"
  mv -fT "$HUB_RELEASES/.current.new" "$HUB_RELEASES/current"
}
in_time() { [ "$(date +%s)" -lt "$deadline" ]; }
# What is left of the time, in seconds. \`timeout\` takes 0 for no end.
left() { if in_time; then echo $((deadline - $(date +%s))); else echo 1; fi; }
current() { readlink "$HUB_RELEASES/current" || echo none; }
# What a release said last that it was asked: its own line, where it came to write one.
its_word() { { grep -m 1 -E '^twilio handler|^[A-Za-z]*Error' "$said" || tail -n 1 "$said"; } | cut -c 1-500; }
# can_start RELEASE: false with a reason where its environment or a secret is missing. It opens no port.
can_start() {
  status=0
  clean timeout ${CHECK_SECONDS} node "$HUB_RELEASES/$1/handler.mjs" check >/dev/null 2>"$said" || status=$?
  reason="it cannot start: $(its_word)"
  [ "$status" != 124 ] || reason="it does not say within ${CHECK_SECONDS} s whether it can start"
  [ "$status" = 0 ]
}
answers() { clean timeout "$(left)" node "$HUB_RELEASES/$1/handler.mjs" probe >/dev/null 2>"$said"; }
# switch_to RELEASE ACTION: false with a reason where the release does not run and answer in time.
switch_to() {
  deadline=$(($(date +%s) + ${ATTEMPT_SECONDS}))
  reason="the link current cannot be moved"
  link "$1" || return 1
  reason="PM2 does not have it running after ${ATTEMPT_SECONDS} s"
  stuck=
  while :; do
    status=0
    clean timeout -k 1 "$(left)" pm2 "$2" "$HUB_RELEASES/$1/ecosystem.config.cjs" --update-env >/dev/null 2>&1 || status=$?
    ! runs "$1" || break
    [ "$status" != 124 ] && [ "$status" != 137 ] || stuck=yes
    # What is left until PM2 ends the old process is for going back.
    in_time || return 1
    set -- "$1" "$2" $(counts "$1")
    # A reload keeps the number of processes.
    if [ "$#" = 5 ] && [ "$3" = "$4" ] && [ "$4" != "$5" ]; then
      clean timeout -k 1 "$(left)" pm2 scale "$HUB_PROCESS" "$5" >/dev/null 2>&1 ||:
      ! runs "$1" || break
    fi
    # A reload that an earlier run began may still be under way; PM2 takes no other one until it is over.
    sleep 0.5
  done
  stuck=
  reason="its probe is not answered"
  until answers "$1"; do
    # It takes no probe, and would not take a later one.
    { [ "$?" != ${PROBE_REFUSED} ] && in_time; } || { reason="its probe fails: $(its_word)"; return 1; }
    sleep 0.5
  done
}`;

const END_BADLY = `alert() { clean timeout 20 node "$HUB_RELEASES/$1/handler.mjs" alert "$text" >/dev/null 2>&1; }
# end_badly REASON: with what runs now in \`now\`. A release may be too broken to send its own alert.
end_badly() {
  text="release $HUB_RELEASE was not taken: $1; $now"
  alert "$HUB_RELEASE" || alert "$previous" || text="$text; the alert could not be sent"
  note "$key" failed
  fail "$text; mend it and authorise again"
}
go_back() {
  why="$reason"
  if [ "$previous" = none ]; then
    clean pm2 delete "$HUB_PROCESS" >/dev/null 2>&1 ||:
    rm -f "$HUB_RELEASES/current"
    now="nothing runs"
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
  end_badly "$why"
}
# Where \`current\` was not moved, PM2 was not asked for anything: what runs, runs on.
stay() {
  now="$previous is left as it is, and PM2 does not have it running as it should"
  [ "$previous" != none ] || now="nothing runs"
  ! runs "$previous" || now="$previous runs on, untouched"
  end_badly "$reason"
}`;

const AUTHORISED = `# note KEY STATE: it is there whole, or not at all.
note() {
  printf '%s\\n' "$2" >"$notes/$1.new"
  sync "$notes/$1.new"
  mv -fT "$notes/$1.new" "$notes/$1"
}
${FIND_NOTE}
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
# Staging may have removed it in this very run.
[ -e "$target" ] || mv -T "$HUB_RELEASES/.removed.$HUB_RELEASE" "$target" 2>/dev/null ||:
whole "$target" "$HUB_RELEASE" ||
  fail "hub:authorisation.release: sha256:$HUB_RELEASE is not staged whole in $HUB_RELEASES; authorise one that is"
# What cannot run the handler is said before the attempt counts.
for check in node_problem pm2_problem daemon_problem; do
  problem="$($check)"
  [ -z "$problem" ] || fail "the handler's machine is not ready: $problem"
done
processes="$(own_processes)" || fail "pm2 jlist prints no list of processes; run it as $(id -un), and mend what it says"
case "$processes" in *[!0-9]*) not_ours "$processes" ;; esac`;

const BEGIN = `if [ "$state" = "" ]; then
  given="$(date -u -d "$HUB_AUTHORISED_ON" +%s)" || fail "hub:authorisation.on: $HUB_AUTHORISED_ON is no date"
  days=$((($(date -u +%s) - given) / 86400))
  [ "$given" -le "$(date -u +%s)" ] || fail "hub:authorisation.on: $HUB_AUTHORISED_ON is in the future"
  [ "$days" -le ${AUTHORISATION_DAYS} ] ||
    fail "hub:authorisation.on: $HUB_AUTHORISED_ON is more than ${AUTHORISATION_DAYS} days ago; ask for a new authorisation"
  mkdir -p "$notes"
  previous="$(current)"
  unfinished=
  # An attempt that was killed may have moved \`current\` to a release that was never well. What it would have gone back to counts, and it is over.
  for other in "$notes"/*; do
    case "$other" in *.previous | *.new) continue ;; esac
    [ "$(cat "$other" 2>/dev/null ||:)" = started ] || continue
    unfinished="$unfinished \${other##*/}"
    previous="$(cat "$other.previous")"
  done
  [ "$previous$unfinished" != none ] || [ "$processes" = 0 ] || not_ours "and $HUB_RELEASES/current is missing"
  printf '%s\\n' "$previous" >"$notes/$key.previous"
  sync "$notes/$key.previous"
  note "$key" started
  for other in $unfinished; do note "$other" failed; done
fi
previous="$(cat "$notes/$key.previous")"`;

const RESTART = `${FAIL}
${FIND_RELEASES}
${lock()}
${WHOLE}
${PROGRAMS}
${PM2}
${STEPS}
${END_BADLY}
lock "the restart onto $HUB_RELEASE"
${AUTHORISED}
${BEGIN}
said="$(mktemp)"
trap 'rm -f "$said"' EXIT
stuck=
if ! can_start "$HUB_RELEASE"; then
  [ "$(current)" != "$previous" ] || stay
  go_back
fi
switch_to "$HUB_RELEASE" startOrReload || go_back
clean pm2 save --force >/dev/null 2>&1 || { reason="PM2 cannot save its list"; go_back; }
note "$key" done
echo "$HUB_RELEASE runs"`;

/**
 * The shell script that has PM2 run a staged release, once for an authorisation. It notes that it has begun, asks the release whether it can
 * start, moves `current`, lets PM2 reload, and waits until every process runs this release and its probe is answered over the registered URL.
 * A release that cannot start moves nothing. After any other failure it goes back to the release before by itself. Then it sends an alert, notes
 * that it failed, and ends with status 1 and one line that says what runs. One that was killed is taken up again by the next run; one that failed,
 * or that another authorisation came after, is refused; one that is done is left alone. Before it begins it refuses a process of the name that no
 * restart started.
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

/**
 * The script for a change that is not a new authorisation, such as another text of {@link RESTART_SCRIPT}. It restarts nothing, and prints the
 * restart's own output again.
 */
export const KEEP_RUNNING = `printf %s "\${PULUMI_COMMAND_STDOUT:-}"`;
