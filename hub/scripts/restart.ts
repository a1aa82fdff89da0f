import { AUTHORISATION_DAYS } from "../config/authorisation.ts";
import { FIND_NOTE } from "./authorisation-note.ts";
import { GOING_BACK } from "./going-back.ts";
import { onMachine } from "./on-machine.ts";
import { PM2 } from "./pm2.ts";
import { PROGRAMS } from "./programs.ts";
import { FAIL, FIND_RELEASES, lock, WHOLE } from "./shell.ts";

/** How long a release has from the reload to the probe's answer, in seconds. */
export const ATTEMPT_SECONDS = 25;

/** How long going back may take until PM2 has the command, in seconds. On a busy machine the PM2 command alone takes several to start. */
const GOING_BACK_SECONDS = 20;

/**
 * A release's `listen_timeout` in PM2, in seconds. PM2 ends the old process then, even if the new one is not ready. Until then the old one
 * answers, and going back loses no request.
 */
export const LISTEN_TIMEOUT_SECONDS = ATTEMPT_SECONDS + GOING_BACK_SECONDS;

/** How long a release may take to check whether it can start, in seconds: it reads all its references from 1Password. */
const CHECK_SECONDS = 45;

/** The exit status of `handler.mjs probe` if the probe was refused. Must equal that in handlers/main.ts. */
const PROBE_REFUSED = 3;

const STEPS = `link() {
  ln -sfT "$1" "$HUB_RELEASES/.current.new"
  mv -fT "$HUB_RELEASES/.current.new" "$HUB_RELEASES/current"
}
in_time() { [ "$(date +%s)" -lt "$deadline" ]; }
# The seconds left, at least 1: \`timeout\` reads 0 as no limit.
left() { if in_time; then echo $((deadline - $(date +%s))); else echo 1; fi; }
current() { readlink "$HUB_RELEASES/current" || echo none; }
# The last message of the release's command: its own line, if it wrote one.
its_word() { { grep -m 1 -E '^twilio handler|^[A-Za-z]*Error' "$said" || tail -n 1 "$said"; } | cut -c 1-500; }
# can_start RELEASE: false with a reason if its environment or a secret is missing. It opens no port.
can_start() {
  status=0
  clean timeout ${CHECK_SECONDS} node "$HUB_RELEASES/$1/handler.mjs" check >/dev/null 2>"$said" || status=$?
  reason="it cannot start: $(its_word)"
  [ "$status" != 124 ] || reason="it does not say within ${CHECK_SECONDS} s whether it can start"
  [ "$status" = 0 ]
}
answers() { clean timeout "$(left)" node "$HUB_RELEASES/$1/handler.mjs" probe >/dev/null 2>"$said"; }
# switch_to RELEASE ACTION: false with a reason if the release does not run and answer in time.
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
    # The time left until PM2 ends the old process is for going back.
    in_time || return 1
    set -- "$1" "$2" $(counts "$1")
    # A reload keeps the number of processes.
    if [ "$#" = 5 ] && [ "$3" = "$4" ] && [ "$4" != "$5" ]; then
      scale_by $(($5 - $4)) "$(left)"
      ! runs "$1" || break
    fi
    # A reload from an earlier run may still be under way; PM2 accepts no other until it is over.
    sleep 0.5
  done
  stuck=
  reason="its probe is not answered"
  until answers "$1"; do
    # A release that refused the probe would refuse a later one too.
    { [ "$?" != ${PROBE_REFUSED} ] && in_time; } || { reason="its probe fails: $(its_word)"; return 1; }
    sleep 0.5
  done
}`;

const AUTHORISED = `# note KEY STATE: writes the note whole or not at all.
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
# Staging may have removed it in this run.
[ -e "$target" ] || mv -T "$HUB_RELEASES/.removed.$HUB_RELEASE" "$target" 2>/dev/null ||:
damage="$(flaw "$target" "$HUB_RELEASE")"
[ -z "$damage" ] ||
  fail "hub:authorisation.release: sha256:$HUB_RELEASE is not staged whole in $HUB_RELEASES ($damage); authorise one that is"
# A machine that cannot run the handler is reported before the attempt counts.
for check in node_problem pm2_problem daemon_problem; do
  problem="$($check)"
  [ -z "$problem" ] || fail "the handler's machine is not ready: $problem"
done
processes="$(own_processes)" || fail "pm2 jlist prints no list of processes; run it as $(id -un), and fix what it reports"
case "$processes" in *[!0-9]*) not_ours "$processes" ;; esac`;

const BEGIN = `if [ "$state" = "" ]; then
  given="$(date -u -d "$HUB_AUTHORISED_ON" +%s)" || fail "hub:authorisation.on: $HUB_AUTHORISED_ON is not a date"
  days=$((($(date -u +%s) - given) / 86400))
  [ "$given" -le "$(date -u +%s)" ] || fail "hub:authorisation.on: $HUB_AUTHORISED_ON is in the future"
  [ "$days" -le ${AUTHORISATION_DAYS} ] ||
    fail "hub:authorisation.on: $HUB_AUTHORISED_ON is more than ${AUTHORISATION_DAYS} days ago; ask for a new authorisation"
  mkdir -p "$notes"
  previous="$(current)"
  unfinished=
  # A killed attempt may have moved \`current\` to a release that never worked. Its previous release counts, and that attempt is over.
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
${GOING_BACK}
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
 * The shell script that makes PM2 run a staged release, once for each authorisation. It notes that it has begun, checks whether the release can
 * start, moves `current`, makes PM2 reload, and waits until every process runs this release and its probe is answered over the registered URL.
 * For a release that cannot start it moves nothing. After any other failure it goes back to the previous release. Then it sends an alert, notes
 * the failure, and exits with status 1 and one line that says what runs. The next run resumes a killed attempt. It refuses an attempt that failed
 * or that a later authorisation superseded, and leaves a finished one alone. Before it begins, it refuses a process of the same name that no
 * restart started.
 *
 * It reads `HUB_RELEASE` (64 hex digits), `HUB_RELEASES`, `HUB_PROCESS` (the name in PM2), `HUB_AUTHORISED_BY` and `HUB_AUTHORISED_ON`. It uses the
 * user's own PM2 home.
 */
export const RESTART_SCRIPT = onMachine(RESTART, [
  "HUB_AUTHORISED_BY",
  "HUB_AUTHORISED_ON",
  "HUB_PROCESS",
  "HUB_RELEASE",
  "HUB_RELEASES",
]);

/**
 * The script for a change other than a new authorisation, such as a new text of {@link RESTART_SCRIPT}. It restarts nothing, and prints the
 * restart's output again.
 */
export const KEEP_RUNNING = `printf %s "\${PULUMI_COMMAND_STDOUT:-}"`;
