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

/** Prints the number of processes of the name if all are releases in cluster mode, or the first that is not. Fails if PM2 prints no list. */
const OWN = `const { readFileSync, realpathSync } = require("node:fs");
const { dirname, join } = require("node:path");
const [name, folder] = process.argv.slice(1);
const [printed] = /^\\[.*\\]$/m.exec(readFileSync(0, "utf8"));
const list = JSON.parse(printed).filter((process) => process.name === name).map(({ pm2_env }) => pm2_env);
const isOwn = ({ exec_mode, pm_exec_path }) => exec_mode === "cluster_mode" && dirname(dirname(pm_exec_path)) === realpathSync(folder);
const other = list.find((process) => !isOwn(process));
console.log(other === undefined ? list.length : other.pm_exec_path + " in " + other.exec_mode);`;

/**
 * `clean COMMAND…` runs a command without this shell's variables: PM2 would store its caller's variables with the process, and write them into
 * its dump. PM2's daemon, which the command may start, does not inherit the lock.
 *
 * `runs RELEASE`: whether all processes run that release, in the number it asks for. `counts RELEASE` prints the numbers. `not_ours WHAT` fails
 * because of a process that no restart started.
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
not_ours() {
  fail "hub:handler.process: PM2 has a process $HUB_PROCESS that no restart of this deployment started ($1); at a quiet moment run pm2 delete $HUB_PROCESS, and up again (docs/deployment.md)"
}`;
