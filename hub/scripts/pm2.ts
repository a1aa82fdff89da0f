/** The restart's commands for PM2, in POSIX sh. PM2's list holds variables, so it goes through a pipe and none of it is printed. */

/**
 * Prints three numbers: the processes online from that path, all processes of the name, and the processes that the ecosystem file asks for.
 * PM2 may print other lines before the list.
 */
const COUNT = `const { readFileSync, realpathSync } = require("node:fs");
const [name, link] = process.argv.slice(1);
const folder = realpathSync(link);
const printed = readFileSync(0, "utf8");
const list = JSON.parse(/^\\[.*\\]$/m.exec(printed)?.[0] ?? "[]").filter((process) => process.name === name);
const online = list.filter(({ pm2_env: { status, pm_exec_path } }) => status === "online" && pm_exec_path === folder + "/handler.mjs");
const { apps } = require(folder + "/ecosystem.config.cjs");
console.log(online.length, list.length, apps[0].instances);`;

/** Reads PM2's list, and the processes of the name in it. A process is the deployment's own if it is a release in cluster mode. */
const READ_LIST = `const { readFileSync, realpathSync } = require("node:fs");
const { dirname } = require("node:path");
const [name, folder] = process.argv.slice(1);
const [printed] = /^\\[.*\\]$/m.exec(readFileSync(0, "utf8"));
const all = JSON.parse(printed).map(({ pm2_env }) => pm2_env);
const list = all.filter((process) => process.name === name);
const isOwn = ({ exec_mode, pm_exec_path }) => exec_mode === "cluster_mode" && dirname(dirname(pm_exec_path)) === realpathSync(folder);`;

/** Prints the number of processes of the name if all are the deployment's own, or the first that is not. Fails if PM2 prints no list. */
const OWN = `${READ_LIST}
const other = list.find((process) => !isOwn(process));
console.log(other === undefined ? list.length : other.pm_exec_path + " in " + other.exec_mode);`;

/**
 * Prints the ids of the deployment's own processes, a line each. PM2 takes a number for a name first and for a namespace then, so an id that
 * names another process is left out. Fails if PM2 prints no list.
 */
const OWN_IDS = `${READ_LIST}
const names = all.flatMap((process) => [process.name, process.namespace]);
for (const { pm_id } of list.filter(isOwn)) if (!names.includes(String(pm_id))) console.log(pm_id);`;

/** How long the deletion of a process may take, in seconds: PM2 waits for the process's end, for the release's `kill_timeout` of 20 s at most. */
export const DELETE_SECONDS = 30;

/**
 * `clean COMMAND…` runs a command without this shell's variables: PM2 would store its caller's variables with the process, and write them into
 * its dump. PM2's daemon, which the command may start, does not inherit the lock.
 *
 * `runs RELEASE`: whether all processes run that release, in the number it asks for. `counts RELEASE` prints the numbers. `not_ours WHAT` fails
 * because of a process that no restart started.
 *
 * `delete_own COUNT SECONDS` deletes that number of own processes, or as many as there are, each within that time. `scale_by DIFFERENCE SECONDS` starts
 * or deletes as many. Neither lets PM2 delete by name: it takes `all` for every process, a number for an id, and a namespace for all in it.
 */
export const PM2 = `clean() {
  env -i HOME="$HOME" PATH="$PATH" LANG=C.UTF-8 \${PM2_HOME:+PM2_HOME="$PM2_HOME"} "$@" </dev/null 9>&-
}
counts() { clean pm2 jlist 2>/dev/null | clean_count "$1"; }
clean_count() { env -i PATH="$PATH" node -e '${COUNT}' "$HUB_PROCESS" "$HUB_RELEASES/$1"; }
runs() {
  set -- $(counts "$1" 2>/dev/null)
  [ "$#" = 3 ] && [ "$1" = "$2" ] && [ "$2" = "$3" ]
}
own_processes() { clean pm2 jlist 2>/dev/null | env -i PATH="$PATH" node -e '${OWN}' "$HUB_PROCESS" "$HUB_RELEASES" 2>/dev/null; }
own_ids() { clean pm2 jlist 2>/dev/null | env -i PATH="$PATH" node -e '${OWN_IDS}' "$HUB_PROCESS" "$HUB_RELEASES" 2>/dev/null; }
delete_own() {
  for id in $(own_ids | head -n "$1"); do clean timeout -k 1 "$2" pm2 delete "$id" >/dev/null 2>&1 ||:; done
}
scale_by() {
  # With the sign PM2 only adds.
  if [ "$1" -gt 0 ]; then clean timeout -k 1 "$2" pm2 scale "$HUB_PROCESS" "+$1" >/dev/null 2>&1 ||:
  else delete_own $((0 - $1)) "$2"; fi
}
not_ours() {
  fail "hub:handler.process: PM2 has a process $HUB_PROCESS that no restart of this deployment started ($1); at a quiet moment run pm2 delete $HUB_PROCESS, and up again (docs/deployment.md)"
}`;
