import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ROUTES } from "../../hub/urls/routes.ts";
import { PROJECT } from "../cli/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "registry-"));
afterAll(() => rmSync(folder, { recursive: true }));

function registry(...args: string[]) {
  const tool = join(import.meta.dirname, "registry.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], { cwd: PROJECT, encoding: "utf8" });
  return { status, stdout, stderr };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const table = registry().stdout;

test("prints the table of the prod stack, although that stack still lacks keys", () => {
  expect(registry()).toEqual({ status: 0, stdout: table, stderr: "" });
  expect(table).toContain("8 routed paths: 6 approved, 2 alias. 1 pending.");
  for (const { path } of ROUTES) expect(table).toContain(`\n| ${path} `);
});

test("prints the rows as JSON", () => {
  const { status, stdout } = registry("--stack", "loopback", "--json");
  expect(status).toBe(0);
  const rows: unknown = JSON.parse(stdout);
  expect(rows).toHaveLength(ROUTES.length);
  expect(rows).toContainEqual({
    path: "/sms/webhook",
    event: "Inbound SMS",
    status: "approved",
    canonicalUrl: "https://webhook.reri.co/sms/webhook",
    funnelUrl: "https://srv1347501.tailb025a7.ts.net/sms/webhook",
  });
});

describe("--check", () => {
  test("accepts the file that the tool wrote", () => {
    const path = file("same.md", table);
    expect(registry("--check", path)).toEqual({
      status: 0,
      stdout: `${path} agrees with Pulumi.prod.yaml\n`,
      stderr: "",
    });
  });

  test("exits with 1 at the first line that differs, with both lines and the command that fixes it", () => {
    const path = file("other.md", table.replace("8 routed", "7 routed").replace("| /sms ", "| /smx "));
    const { status, stdout, stderr } = registry("--check", path);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`${path} differs from the route table and the stack's config, first in line 3:\n`);
    expect(stderr).toContain('  expected: "8 routed paths: 6 approved, 2 alias. 1 pending."\n');
    expect(stderr).toContain('  found:    "7 routed paths: 6 approved, 2 alias. 1 pending."\n');
    expect(stderr).toContain(`write the file again with: npm run --silent registry > ${path}\n`);
    expect(stderr).not.toContain("smx");
  });

  test.each([
    ["an extra line", `${table}more\n`, 'found:    "more"'],
    ["no line feed at its end", table.trimEnd(), "found:    (the end of the file)"],
    ["carriage returns", table.replaceAll("\n", "\r\n"), 'found:    "# FUNNEL-REGISTRY\\r"'],
    ["nothing in it", "", 'found:    ""'],
  ])("refuses a file with %s", (_what, content, found) => {
    const { status, stderr } = registry("--check", file("spoiled.md", content));
    expect(status).toBe(1);
    expect(stderr).toContain(found);
  });

  test("names the stack in the command that fixes it", () => {
    const { stderr } = registry("--stack", "loopback", "--check", file("empty.md", ""));
    expect(stderr).toContain("npm run --silent registry -- --stack loopback > ");
  });
});

describe("one line describes the problem:", () => {
  test.each([
    [
      "a missing file to check",
      ["--check", "nowhere.md"],
      "error: nowhere.md: no such file; write it with: npm run --silent registry > nowhere.md",
    ],
    ["an unknown stack", ["--stack", "nowhere"], "error: Pulumi.nowhere.yaml: no such stack config"],
    ["an unknown option", ["--stak", "prod"], "error: Unknown option '--stak'; see npm run registry -- --help"],
    ["an option without its value", ["--stack"], "error: Option '-s, --stack <value>' argument missing"],
    ["an extra argument", ["prod"], "error: Unexpected argument 'prod'"],
    ["options that exclude each other", ["--json", "--check", "x"], "error: --json and --check exclude each other"],
  ])("%s", (_what, args, message) => {
    const { status, stdout, stderr } = registry(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
