import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { PROJECT } from "../tools/cli/paths.ts";

const Report = z.object({
  steps: z.array(
    z.object({
      group: z.string().min(1),
      name: z.string(),
      expected: z.string(),
      actual: z.string(),
      ok: z.boolean(),
      seconds: z.number().min(0),
    }),
  ),
});

function runDemo(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
    execFile(
      process.execPath,
      [join(PROJECT, "tools", "commands", "demo.ts"), ...args],
      { env },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

test("every step of the demo ends as expected, and the demo writes its report", async () => {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-demo-"));
  try {
    const report = join(folder, "steps.json");
    const { code, stdout } = await runDemo(["--json", report]);
    const { steps } = Report.parse(JSON.parse(await readFile(report, "utf8")));
    expect(steps.filter(({ ok }) => !ok)).toEqual([]);
    expect(code).toBe(0);
    expect(steps.length).toBeGreaterThan(20);
    const lines = stdout.split("\n");
    for (const { group, name } of steps) {
      expect(lines).toContain(group);
      expect(lines).toContainEqual(expect.stringMatching(/^ {2}ok .* \d+\.\d s$/));
      expect(stdout).toContain(`  ok    ${name}`);
    }
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.at(-2)).toBe(`${steps.length} steps as expected, 0 not`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("an unknown option of the demo is one line that names it, with the usage", async () => {
  const { code, stderr } = await runDemo(["--jsn", "x"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: Unknown option '--jsn'/);
  expect(stderr).toContain("usage: npm run demo");
});
