import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT } from "./paths.ts";

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(PROJECT, "tools", "pulumi.ts"), ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test("--help shows the commands with examples", async () => {
  const { code, stdout } = await run("preview", "--help");
  expect(code).toBe(0);
  expect(stdout).toContain("npm run preview -- --stack prod --diff");
});

test("a run without a stack says which option is missing", async () => {
  const { code, stderr } = await run("preview");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: no stack named; add --stack NAME/);
});

test("an unknown stack is named by its file", async () => {
  const { code, stderr } = await run("preview", "--stack", "nowhere");
  expect(code).toBe(1);
  expect(stderr).toBe(
    "error: Pulumi.nowhere.yaml: no such stack config; write it, or name another stack with --stack\n",
  );
});

test("a preview of prod names each key that the domain document does not give", async () => {
  const { code, stderr } = await run("preview", "--stack", "prod");
  expect(code).toBe(1);
  const missing = [...stderr.matchAll(/- (hub:\S+): missing; set it/g)].map(([, key]) => key);
  expect(missing).toEqual([
    ...[0, 1, 2].map((index) => `hub:siblings[${index}].rules`),
    ...["accountId", "zoneId", "tunnelId", "dnsRecordId", "apiToken"].map((key) => `hub:cloudflare.${key}`),
  ]);
});
