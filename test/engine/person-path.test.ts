/** The machine's scripts have the PATH of the person who runs `up`, and another person's preview shows no difference. */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT } from "../../tools/cli/paths.ts";
import { machinePrograms } from "../../tools/loopback/programs.ts";
import { stateFiles } from "../../tools/loopback/secrets.ts";
import { outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();

/** A person who runs the tools under `npm run`, with a wrapper of Node in a folder of their own. */
async function person(name: string) {
  const bin = join(stack().folder, name);
  const log = join(stack().folder, `${name}.log`);
  const node = join(await machinePrograms(), "node");
  await mkdir(bin);
  await writeFile(log, "");
  await writeFile(join(bin, "node"), `#!/bin/sh\necho "$@" >>'${log}'\nexec '${node}' "$@"\n`);
  await chmod(join(bin, "node"), 0o755);
  const npms = join(PROJECT, "node_modules", ".bin");
  const PATH = [npms, bin, stack().environment.PATH].join(delimiter);
  return { bin, calls: () => readFile(log, "utf8"), options: { environment: { PATH } } };
}

test("the machine's scripts run the person's wrapper of Node, and another person's PATH is no change", async () => {
  const [henry, ray] = [await person("henry"), await person("ray")];
  const up = await stack().pulumi(["up", "--yes", "--skip-preview"], henry.options);
  expect(up.code, outputOf(up)).toBe(0);
  expect(await henry.calls()).toContain("process.version");

  const preview = await stack().pulumi(["preview", "--expect-no-changes"], ray.options);
  expect(preview.code, outputOf(preview)).toBe(0);
  for (const { bin } of [henry, ray]) for (const file of await stateFiles(stack())) expect(file).not.toContain(bin);
});

test("another version of Node on the machine stops the up before anything changes, and the error names the version", async () => {
  const old = await person("old");
  await writeFile(join(old.bin, "node"), "#!/bin/sh\necho v20.20.2 at /usr/bin/node\n");
  await stack().editConfig((config) => {
    config["hub:handler"] = { ...Object(config["hub:handler"]), releases: join(stack().folder, "other-releases") };
  });
  const { code, stdout } = await stack().pulumi(["up", "--yes", "--skip-preview"], old.options);
  expect(code).toBe(1);
  expect(stdout).toContain("node on PATH is v20.20.2 at /usr/bin/node, and not 24; install Node.js 24");
});
