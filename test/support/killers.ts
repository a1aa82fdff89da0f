/** Tools that end the script that calls them, for tests of what a `kill -9` leaves behind. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A folder for the front of PATH in which each of these tools, at the nth call of any of them, ends the script that called it and itself, as
 * `kill -9` does, before it does its own work. `timeout` makes a process group of its own, so they go by the session's leader.
 */
export async function makeKillers(folder: string, tools: readonly string[], call: number): Promise<string> {
  const bin = join(folder, `killers-${call}`);
  const counter = join(bin, ".calls");
  await mkdir(bin, { recursive: true });
  for (const tool of tools) {
    const script = `#!/bin/sh
echo x >>'${counter}'
if [ "$(wc -l <'${counter}')" = ${call} ]; then kill -9 "-$(cut -d ' ' -f 6 /proc/$$/stat)" $$; fi
PATH="\${PATH#${bin}:}"
exec ${tool} "$@"
`;
    await writeFile(join(bin, tool), script);
    await chmod(join(bin, tool), 0o755);
  }
  return bin;
}
