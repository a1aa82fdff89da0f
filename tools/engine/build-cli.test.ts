import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildCli } from "./build-cli.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "build-cli-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** Puts a `go` into the folder that takes a second, logs each build, and exits with a status. Returns an environment with it on PATH. */
async function putGo(status: number): Promise<NodeJS.ProcessEnv> {
  const log = join(folder, "builds");
  const go = join(folder, "go");
  await writeFile(
    go,
    `#!/bin/sh
case "$1" in
  list) echo "go: downloading example.com v1" >&2; echo one; echo two ;;
  build) echo built >> "${log}"; sleep 1; echo "cannot compile" >&2
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\n' > "$2"; chmod 755 "$2"; exit ${status} ;;
esac
`,
  );
  await chmod(go, 0o755);
  return { PATH: [folder, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter) };
}

test("two builds at once build once, and leave no unfinished file", async () => {
  const environment = await putGo(0);
  const target = join(folder, "cache", "pulumi");
  await Promise.all([buildCli(target, "1.2.3", environment), buildCli(target, "1.2.3", environment)]);
  expect(await readFile(join(folder, "builds"), "utf8")).toBe("built\n");
  expect((await readdir(dirname(target))).filter((name) => name.includes("unfinished"))).toEqual([]);
});

test("a build reports how many packages are compiled", async () => {
  const environment = await putGo(0);
  const shown: string[] = [];
  await buildCli(join(folder, "cache", "pulumi"), "1.2.3", environment, {
    run: (name, act) => {
      shown.push(name);
      return act((amount) => void shown.push(amount));
    },
  });
  expect(shown).toEqual([
    "building the Pulumi CLI 1.2.3 from source (2 to 6 minutes)",
    "getting the modules",
    "1 modules downloaded",
    "0 of 2 packages compiled",
    "1 of 2 packages compiled",
  ]);
});

test("a failed build gives the reason and leaves nothing behind", async () => {
  const environment = await putGo(3);
  const target = join(folder, "cache", "pulumi");
  await expect(buildCli(target, "1.2.3", environment)).rejects.toThrow("go build exited with status 3: cannot compile");
  expect((await readdir(dirname(target))).filter((name) => !name.includes(".lock"))).toEqual([]);
});

test("a machine without Go is an error", async () => {
  const environment = { PATH: folder };
  await expect(buildCli(join(folder, "pulumi"), "1.2.3", environment)).rejects.toThrow("go is not on PATH");
});
