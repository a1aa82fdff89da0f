import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellExports } from "./shell-exports.ts";

/** The value of a variable in a shell that ran these lines. */
function afterSourcing(lines: readonly string[], variable: string): string {
  const script = [...lines, `printf %s "$${variable}"`].join("\n");
  return execFileSync("/bin/sh", ["-c", script], { env: { PATH: "/usr/bin:/bin" }, encoding: "utf8" });
}

test("a value arrives unchanged, whatever special characters it has", () => {
  for (const value of ["plain", "two words", "it's $HOME", '`date` \\ "quoted"', "a\nb", ""])
    expect(afterSourcing(shellExports({ VALUE: value }), "VALUE")).toBe(value);
});

test.each([
  ["the whole PATH", "/first:/second:/usr/local/bin:/usr/bin", "/usr/local/bin:/usr/bin"],
  ["a part of it", "/first:/second:/usr/bin", "/project/node_modules/.bin:/usr/bin"],
])("folders in front of %s go in front of the shell's own", (_what, path, own) => {
  expect(afterSourcing(shellExports({ PATH: path }, own), "PATH")).toBe("/first:/second:/usr/bin:/bin");
});
