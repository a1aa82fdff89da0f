import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

function maps(...args: string[]) {
  return spawnSync(process.execPath, [join(import.meta.dirname, "maps.ts"), ...args], { encoding: "utf8" });
}

test("docs/maps.md is what the route table and Pulumi.prod.yaml give", () => {
  const { status, stdout, stderr } = maps("--check");
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "docs/maps.md is current\n", stderr: "" });
});

test("maps of another stack differ, and the message names the remedy", () => {
  const { status, stderr } = maps("--check", "--stack", "loopback");
  expect(status).toBe(1);
  expect(stderr).toBe("error: docs/maps.md is not what Pulumi.loopback.yaml gives; write it with: npm run maps\n");
  expect(maps("--print", "--stack", "loopback").stdout).toContain("fallback, registered");
});

test("--check and --print exclude each other", () => {
  expect(maps("--check", "--print").stderr).toContain("exclude each other");
});
