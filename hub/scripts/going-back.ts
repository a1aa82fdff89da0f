/** How a restart ends that does not succeed. It uses the functions of the script around it (restart.ts). */
import { MAX_INSTANCES } from "../config/keys.ts";
import { DELETE_SECONDS } from "./pm2.ts";

/**
 * `end_badly REASON` sends an alert, notes the failure, and ends with one line. `go_back` first runs the previous release again, if there is one and it
 * is still whole. `stay` is for a failure before anything changed.
 */
export const GOING_BACK = `alert() { whole "$HUB_RELEASES/$1" "$1" && clean timeout 20 node "$HUB_RELEASES/$1/handler.mjs" alert "$text" >/dev/null 2>&1; }
# end_badly REASON: \`now\` says what runs. A release may be too broken to send its own alert.
end_badly() {
  text="release $HUB_RELEASE was not taken: $1; $now"
  alert "$HUB_RELEASE" || alert "$previous" || text="$text; the alert could not be sent"
  note "$key" failed
  fail "$text; fix it and authorise again"
}
go_back() {
  why="$reason"
  if [ "$previous" = none ]; then
    delete_own ${MAX_INSTANCES} ${DELETE_SECONDS}
    rm -f "$HUB_RELEASES/current"
    now="nothing runs"
    [ "$(own_processes)" = 0 ] || now="PM2 still has a process $HUB_PROCESS: at a quiet moment run pm2 delete $HUB_PROCESS"
  elif damage="$(flaw "$HUB_RELEASES/$previous" "$previous")" && [ -n "$damage" ]; then
    # PM2's list is saved with what runs now, so that no boot starts the damaged release either.
    now="$previous, to which it would go back, is damaged ($damage) and was not started"
  else
    # While a reload hangs, PM2 accepts no other. It ends once the process it started is restarted and ready. The old process answers meanwhile.
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
# \`current\` was not moved and PM2 got no command, so the running release keeps running.
stay() {
  now="$previous is left as it is, and PM2 does not have it running as it should"
  [ "$previous" != none ] || now="nothing runs"
  ! runs "$previous" || now="$previous runs on, untouched"
  end_badly "$reason"
}`;
