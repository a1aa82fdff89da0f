import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const FOLDER = "tools/commands";
const MAX_WIDTH = 100;
const SCRIPTS: Readonly<Record<string, string>> = packageJson.scripts;
const FILES = readdirSync(import.meta.dirname).filter((name) => /(?<!\.test)\.ts$/.test(name));

function helpOf(file: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, file), "--help"], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

/** The npm scripts that the examples call, with their options. */
function callsIn(examples: string): { script: string; options: string[] }[] {
  const calls = examples.replaceAll("\\\n", " ").matchAll(/npm (?:run (?:--silent )?)?(\S+)(?: -- (.*))?/g);
  return [...calls].map(([, script = "", args = ""]) => ({ script, options: args.match(/(?<= |^)--[\w-]+/g) ?? [] }));
}

test("every npm script of a command has its file, and every file its script", () => {
  const commands = Object.values(SCRIPTS).flatMap((line) => /^node tools\/commands\/(\S+)/.exec(line)?.[1] ?? []);
  expect([...new Set(commands)].sort()).toEqual(FILES.sort());
});

test.each(FILES)("%s --help prints its usage and examples that exist, within 100 columns", async (file) => {
  const { code, stdout, stderr } = await helpOf(file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^usage: npm /);
  expect(stdout.split("\n").filter((line) => line.length > MAX_WIDTH)).toEqual([]);
  const [description = "", examples = ""] = stdout.split(/^examples?:\n/m);
  const calls = callsIn(examples);
  expect(calls.map(({ script }) => script).filter((script) => SCRIPTS[script] === undefined)).toEqual([]);
  const own = calls.filter(({ script }) => SCRIPTS[script]?.startsWith(`node ${FOLDER}/${file}`));
  expect(own.length).toBeGreaterThan(0);
  if (description.includes("[any option of the Pulumi CLI]")) return;
  const options = own.flatMap((call) => call.options);
  expect(options.filter((option) => !description.includes(`\n  ${option} `))).toEqual([]);
});
