/** Tools that kill the script that calls them, for tests of the state after a `kill -9`. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Makes a folder with replacements of tools. The replacement at the nth call kills the calling script and itself with SIGKILL, before the
 * tool does its own work; at any other call it runs the tool. It kills the process group of the session's leader, because `timeout` makes
 * its own process group.
 *
 * @param tools the tools' names. A shell pattern after a space limits the counted calls to those with matching arguments
 * @param call n, counted over all the tools, from 1. Either of two simultaneous calls may be counted first
 * @returns the folder, for the front of PATH
 */
export async function makeKillers(folder: string, tools: readonly string[], call: number): Promise<string> {
  const bin = join(folder, `killers-${call}`);
  await mkdir(bin, { recursive: true });
  for (const [tool = "", pattern = "*"] of tools.map((entry) => entry.split(" "))) {
    const script = `#!/bin/sh
case "$*" in
  ${pattern})
    call=1
    until mkdir '${bin}/.call-'$call 2>/dev/null; do call=$((call + 1)); done
    if [ $call = ${call} ]; then kill -9 "-$(cut -d ' ' -f 6 /proc/$$/stat)" $$; fi ;;
esac
PATH="\${PATH#${bin}:}"
exec ${tool} "$@"
`;
    await writeFile(join(bin, tool), script);
    await chmod(join(bin, tool), 0o755);
  }
  return bin;
}
