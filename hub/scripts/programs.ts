/** Checks in POSIX sh for the programs that run the handler. */

/** The Node.js version that the handler is bundled for: the bundler's `target`. */
const NODE_MAJOR = 24;

const GET_NODE = `install Node.js ${NODE_MAJOR} (https://nodejs.org/en/download)`;
const GET_PM2 = "run npm install --global pm2";

/** Node's version and its real file: `node` on PATH may be a wrapper. */
const ABOUT_NODE = 'process.version + " at " + require("node:fs").realpathSync(process.execPath)';

/**
 * `node_problem` and `pm2_problem` print the problem with the program on PATH and what to do, or nothing. `daemon_problem` does so for the
 * running PM2. A file of the project is refused: the next `npm ci` or checkout can delete it, and PM2 could then not restart a crashed process.
 */
export const PROGRAMS = `top="$PWD"
while [ "$top" != / ] && [ ! -f "$top/Pulumi.yaml" ]; do top="$(dirname "$top")"; done
# of_project FILE: whether it lies in the project that this runs from. Over SSH there is no project.
of_project() {
  [ "$top" != / ] || return 1
  case "$1" in "$(readlink -f "$top")"/* | "$(readlink -f "$top/node_modules" || echo "$top")"/*) return 0 ;; esac
  return 1
}
node_problem() {
  about="$(node -p '${ABOUT_NODE}' 2>/dev/null)" || { echo "node ${NODE_MAJOR} is not on PATH; ${GET_NODE}"; return; }
  case "$about" in v${NODE_MAJOR}.*) ;; *) echo "node on PATH is $about, and not ${NODE_MAJOR}; ${GET_NODE}"; return ;; esac
  ! of_project "\${about#* at }" || echo "node on PATH is $about, a file of this project, which the next npm ci can delete; ${GET_NODE}"
}
pm2_problem() {
  found="$(command -v pm2)" || { echo "pm2 is not on PATH; ${GET_PM2}"; return; }
  found="$(readlink -f "$found")"
  ! of_project "$found" || echo "pm2 on PATH is $found, a file of this project, which the next npm ci can delete; ${GET_PM2}"
}
daemon_problem() {
  daemon="$(cat "\${PM2_HOME:-$HOME/.pm2}/pm2.pid" 2>/dev/null)" || return 0
  runs_on="$(readlink "/proc/$daemon/exe" 2>/dev/null)" || return 0
  runs_on="\${runs_on% (deleted)}"
  if [ -x "$runs_on" ] && ! of_project "$runs_on"; then return 0; fi
  echo "PM2's daemon runs on $runs_on, which was deleted or which the next npm ci can delete, so no crashed process would come back; at a quiet moment run pm2 update"
}`;
