/** Tools that end the script that calls them, for tests of what a `kill -9` leaves behind. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A folder for the front of PATH in which each of these tools, at the nth call of any of them, ends the script that called it and itself, as
 * `kill -9` does, before it does its own work. `timeout` makes a process group of its own, so they go by the session's leader.
 *
 * @param tools names; after a space the shell's pattern of the arguments of a call that counts
 * @param call from 1. Of two that are called at once either may be the first
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
