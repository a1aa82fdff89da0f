import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../hub/config/parse.ts";
import { dayOf } from "../../hub/guards/exceptions.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { buildRelease } from "../../infra/release/release.ts";
import { buildSmallRelease } from "../../test/support/machine/small-release.ts";
import { withoutProgress } from "../../test/support/without-progress.ts";
import { PROJECT } from "../cli/paths.ts";
import { readStackConfig } from "../stack/stack-config.ts";

const TODAY = dayOf(new Date());
const OTHER = `sha256:${"a1".repeat(32)}`;
let folder = "";
let file = "";
/** The folder of all releases. */
let releases = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "authorise-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  file = join(folder, "Pulumi.loopback.yaml");
  releases = join(folder, ".hub", "build");
  const text = await readFile(join(PROJECT, "Pulumi.loopback.yaml"), "utf8");
  await writeFile(file, text.replace(".hub/loopback/releases", releases));
});

function run(tool: "authorise" | "rollback", ...args: string[]) {
  const all = [join(PROJECT, "tools", "commands", `${tool}.ts`), "--stack", "loopback", "--config-file", file, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    env: { ...process.env, NO_COLOR: "1" },
    encoding: "utf8",
  });
  return { status, stdout, stderr: withoutProgress(stderr) };
}
const byHenry = ["--by", "Henry Hill"];

async function written(): Promise<unknown> {
  return parse(await readFile(file, "utf8")).config["hub:authorisation"];
}

async function release(number: number): Promise<string> {
  return buildSmallRelease(folder, {
    port: 1,
    instances: 1,
    process: "twilio",
    site: folder,
    defect: undefined,
    number,
  });
}

/** Notes an attempt as the restart does. */
async function note(digest: string, state: string): Promise<void> {
  const key = createHash("sha256").update(`sha256:${digest} Henry Hill ${TODAY}`).digest("hex");
  await mkdir(join(releases, ".authorisations"), { recursive: true });
  await writeFile(join(releases, ".authorisations", key), `${state}\n`);
}

test("authorises the release that a preview shows, and leaves every other line as it was", async () => {
  const { hub, source } = await readStackConfig(file);
  const config = parseConfig(hub, source);
  const { digest } = await buildRelease(buildManifest(config), config);
  const before = await readFile(file, "utf8");

  const dry = run("authorise", ...byHenry, "--dry-run");
  expect(dry).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining(`+    release: ${digest}\n`) });
  expect(await readFile(file, "utf8")).toBe(before);

  const { status, stdout } = run("authorise", ...byHenry);
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("replaces    nothing\n") });
  expect(await written()).toEqual({ release: digest, by: "Henry Hill", on: TODAY });
  const after = await readFile(file, "utf8");
  expect(after.replace(/^ {2}hub:authorisation:\n( {4}.*\n){3}/m, "")).toBe(before);
  expect(after).toContain(`on: "${TODAY}"`);
  // The authorisation is not a part of the release, so the digest is still the same.
  expect(run("authorise", ...byHenry).stdout).toContain("already says so; nothing was written");
});

test("names the authorisation that it replaces, also as JSON", async () => {
  expect(run("authorise", ...byHenry, "--release", OTHER)).toMatchObject({ status: 0 });
  const next = `sha256:${"b2".repeat(32)}`;
  const { stdout } = run("authorise", ...byHenry, "--release", next, "--json");
  const replaces = { release: OTHER, by: "Henry Hill", on: TODAY };
  const expected = {
    file: "Pulumi.loopback.yaml",
    release: next,
    by: "Henry Hill",
    on: TODAY,
    replaces,
    written: true,
  };
  expect(JSON.parse(stdout)).toEqual(expected);
});

test.each([
  [
    "a name that is not an owner's",
    ["--by", "Ray Liotta"],
    'error: not authorised: by: "Ray Liotta" is not in hub:owners',
  ],
  ["no owner", [], 'error: --by is missing: say who authorises it, for example --by "Henry Hill"'],
  ["a day in the future", [...byHenry, "--on", "2999-01-01"], "error: not authorised: on: 2999-01-01 is in the future"],
  [
    "a day long ago",
    [...byHenry, "--on", "2020-01-01"],
    "error: not authorised: on: 2020-01-01 is more than 7 days ago",
  ],
  ["not a day", [...byHenry, "--on", "today"], 'error: not authorised: on: expected "YYYY-MM-DD" or'],
  ["not a digest", [...byHenry, "--release", "latest"], "error: not authorised: release: expected"],
  ["an unknown option", ["--yes"], "error: Unknown option '--yes'; see npm run authorise -- --help"],
])("one line describes the problem, and nothing is written: %s", async (_what, args, message) => {
  const { status, stdout, stderr } = run("authorise", "--release", OTHER, ...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(await written()).toBeUndefined();
});

test("refuses an authorisation whose attempt failed here, or that was carried out before another release", async () => {
  const [first, second] = [await release(1), await release(2)];
  await note(first, "failed");
  const ask = () => run("authorise", ...byHenry, "--release", `sha256:${first}`);
  expect(ask().stderr).toContain(
    "error: not authorised: the attempt with this authorisation failed; for another attempt, give a time: --on ",
  );
  await note(first, "done");
  await symlink(second, join(releases, "current"));
  expect(ask().stderr).toContain(`it was carried out, but ${second} is running now`);
  expect(await written()).toBeUndefined();
  const moment = `${TODAY}T00:00:00Z`;
  expect(run("authorise", ...byHenry, "--release", `sha256:${first}`, "--on", moment).status).toBe(0);
  expect(await written()).toMatchObject({ on: moment });
});

test("a rollback finds a release by the first digits of its digest, and authorises it", async () => {
  const [first, second] = [await release(1), await release(2)];
  await symlink(second, join(releases, "current"));
  const { status, stdout } = run("rollback", ...byHenry, "--to", first.slice(0, 8));
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringContaining(`complete; the running release is ${second}`),
  });
  const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(await written()).toEqual({ release: `sha256:${first}`, by: "Henry Hill", on: moment });
  expect(await readFile(file, "utf8")).toMatch(/^ {4}on: "\d/m);
  expect(run("rollback", ...byHenry, "--to", `sha256:${second}`).stderr).toContain("this release is already running");
});

test("a rollback refuses a release that is missing, damaged or ambiguous", async () => {
  const first = await release(1);
  expect(run("rollback", ...byHenry, "--to", "00000000").stderr).toContain(
    `no such release in ${releases}; it has ${first.slice(0, 12)}`,
  );
  expect(run("rollback", ...byHenry, "--to", "latest").stderr).toContain("--to: expected at least 8 of");
  expect(run("rollback", ...byHenry).stderr).toBe(
    "error: --to is missing: name the release, for example --to 7d0c3f2a\n",
  );
  await mkdir(join(releases, `${first.slice(0, 8)}${"0".repeat(56)}`));
  expect(run("rollback", ...byHenry, "--to", first.slice(0, 8)).stderr).toContain(
    "several releases begin with these digits (",
  );
  const more = join(releases, first, "package.json");
  await writeFile(more, "{}");
  expect(run("rollback", ...byHenry, "--to", first).stderr).toContain("is damaged; remove it");
  await rm(more);
  expect(run("rollback", ...byHenry, "--to", first, "--dry-run")).toMatchObject({ status: 0 });
  await writeFile(join(releases, first, "handler.mjs"), "spoilt");
  expect(run("rollback", ...byHenry, "--to", first).stderr).toContain("is damaged; remove it");
  await rm(releases, { recursive: true });
  expect(run("rollback", ...byHenry, "--to", first).stderr).toContain("cannot be read (ENOENT)");
  expect(await written()).toBeUndefined();
});

test("over SSH a rollback needs the whole digest, and says that up checks the release", async () => {
  const transport = `  hub:transport:
    kind: ssh
    host: machine.example.com
    user: hub
    privateKey: op://Aurora/deploy/private-key
    hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiyEKfPCpmkZJpRQ9fN5ahxLLPdCIVrTd3nhM3l3HGz
  hub:owners:`;
  const text = (await readFile(file, "utf8")).replace("  hub:owners:", transport);
  await writeFile(file, text.replace(/gateFile: .*/, "gateFile: /opt/twilio-hub/gate"));
  expect(run("rollback", ...byHenry, "--to", "a1a1a1a1").stderr).toContain("needs all 64 digits");
  const { status, stdout, stderr } = run("rollback", ...byHenry, "--to", OTHER);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("up checks on machine.example.com that the release is there and complete");
});
