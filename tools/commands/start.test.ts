import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { withoutProgress } from "../../test/support/without-progress.ts";
import { PROJECT } from "../cli/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "start-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the handler without anything that it needs, so it only reports its first problem. */
function start(...args: string[]) {
  const tool = join(import.meta.dirname, "start.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], {
    cwd: PROJECT,
    env: { PATH: folder },
    encoding: "utf8",
  });
  return { status, stdout, stderr: withoutProgress(stderr) };
}

test("bundles the handler for the stack, runs it, and passes on its output and its status", () => {
  const { status, stdout, stderr } = start("--stack", "loopback");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^the Twilio handler could not start: /);
});

test("takes another config file", () => {
  const file = join(folder, "Pulumi.other.yaml");
  copyFileSync(join(PROJECT, "Pulumi.loopback.yaml"), file);
  expect(start("--stack", "prod", "--config-file", file).stderr).toContain("the Twilio handler could not start: ");
  writeFileSync(file, readFileSync(file, "utf8").replace("port: 18797", "port: none"));
  expect(start("--stack", "prod", "--config-file", file)).toEqual({
    status: 1,
    stdout: "",
    stderr:
      'error: Pulumi.other.yaml is not a valid config of the hub: hub:handler.port: expected a port number; found "none"\n',
  });
});

test.each([
  ["no stack", [], "error: --stack is missing: name the stack, for example npm start -- --stack prod"],
  [
    "an unknown stack",
    ["--stack", "nowhere"],
    "error: Pulumi.nowhere.yaml: no such stack config; write it, or name another stack with --stack",
  ],
  ["an unknown option", ["--stak", "prod"], "error: Unknown option '--stak'; see npm start -- --help"],
  [
    "an option without its value",
    ["--stack"],
    "error: Option '-s, --stack <value>' argument missing; see npm start -- --help",
  ],
  ["an extra argument", ["prod"], "error: Unexpected argument 'prod'"],
])("one line describes the problem: %s", (_what, args, message) => {
  const { status, stdout, stderr } = start(...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});
