/** `npm run preview:files`: writes a preview as files for CI, to be read by people and machines and to be approved. */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { endOf } from "../cli/child-process.ts";
import { PROJECT } from "../cli/paths.ts";
import { progress } from "../cli/progress.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { commentText } from "../comment/comment-text.ts";
import { findCli } from "../engine/find-cli.ts";
import { LOOPBACK_STACK, startLoopbackStack } from "../loopback/stack.ts";
import { shownPlanProblem } from "../plan/compare-records.ts";
import { PolicyFinding } from "../plan/policy-findings.ts";
import { PreviewJson } from "../plan/preview-json.ts";

const USAGE = `usage: npm run preview:files -- --output FOLDER (--stack NAME | --loopback)

Writes a preview as files for CI: preview.json, preview.diff, findings.json, comment.md and, if the
preview succeeds, plan-record.json. The exit status is that of the preview.

  --output FOLDER   write the files into this folder
  --stack NAME      preview this stack
  --loopback        preview an empty stack on a loopback cloud; this needs no account and no secret,
                    and nothing leaves 127.0.0.1
  --help            print this help

examples:
  npm run preview:files -- --output preview --stack prod
  npm run preview:files -- --output preview --loopback`;

const OPTIONS = {
  output: { type: "string" },
  stack: { type: "string", short: "s" },
  loopback: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Runs `npm run preview` with these options. */
type RunPreview = (options: readonly string[]) => Promise<{ readonly code: number; readonly stdout: string }>;

await runTool(async () => {
  const { output, stack, loopback, help } = readOptions(OPTIONS, "npm run preview:files");
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (output === undefined || (stack === undefined) !== loopback) {
    throw new UserError("--output and either --stack or --loopback are required; see npm run preview:files -- --help");
  }
  const folder = resolve(output);
  await mkdir(folder, { recursive: true });
  if (stack !== undefined) return writeFiles(folder, stack, (options) => runPreview(["--stack", stack, ...options]));
  // The first time, getting the CLI takes minutes. Do it here: the runs of the stack below do not show their progress.
  await findCli();
  const cloud = await progress.run("starting the loopback cloud", startLoopbackStack);
  const run: RunPreview = async (options) => {
    const { code, stdout, stderr } = await progress.run("pulumi preview", () => cloud.pulumi(["preview", ...options]));
    process.stderr.write(stderr);
    return { code: code ?? 1, stdout };
  };
  return await writeFiles(folder, LOOPBACK_STACK, run).finally(cloud.close);
});

async function writeFiles(folder: string, stack: string, run: RunPreview): Promise<number> {
  const [findings, record] = [join(folder, "findings.json"), join(folder, "plan-record.json")];
  const shown = join(folder, "shown-plan.json");
  // Files from an earlier run must not be mistaken for those of this run.
  for (const file of [findings, record, shown]) await rm(file, { force: true });
  const { code, stdout } = await run(["--json", "--findings", findings, "--record", record]);
  await writeFile(join(folder, "preview.json"), stdout);
  await writeFile(join(folder, "preview.diff"), (await run(["--diff", "--record", shown])).stdout);
  const comment = commentText({
    stack,
    preview: stdout.trim() === "" ? undefined : PreviewJson.parse(JSON.parse(stdout)),
    findings: await readFindings(findings),
  });
  await writeFile(join(folder, "comment.md"), comment);
  process.stdout.write(comment);
  const problem = await shownPlanProblem(record, shown);
  await rm(shown, { force: true });
  if (problem === undefined) return code;
  // A plan that is not the one shown must not be approved.
  await rm(record);
  throw new UserError(problem);
}

/** The findings, or undefined if the run stopped before it wrote them. */
async function readFindings(file: string): Promise<PolicyFinding[] | undefined> {
  const found = await readFile(file, "utf8").catch(() => undefined);
  return found === undefined ? undefined : z.array(PolicyFinding).parse(JSON.parse(found));
}

async function runPreview(options: readonly string[]) {
  const child = spawn(process.execPath, [join(PROJECT, "tools", "commands", "pulumi.ts"), "preview", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [{ code }, stdout] = await Promise.all([endOf(child), text(child.stdout)]);
  return { code: code ?? 1, stdout };
}
