/**
 * `npm run bench:policies [-- --json FILE]`: measures the time from the start of the compiled policy pack until it serves, as a ratio to a bare Node
 * that only loads @pulumi/policy, and the time for each resource over the engine's own protocol. `--help` lists the options.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { PROJECT } from "../tools/cli/paths.ts";
import { buildPolicyPack } from "../tools/commands/build-policy-pack.ts";
import { openAnalyzer } from "./policies/analyzer.ts";
import { packEnvironment, resourceRequests } from "./policies/resources.ts";

const USAGE = `usage: npm run bench:policies -- [--json FILE] [--runs N] [--resources N]

  --json FILE      also write the figures to FILE
  --runs N         measure N starts and passes and show their medians (default: 7)
  --resources N    send N resources in each pass (default: 1000)

It exits 1 if the pack takes 2 s or more to start, or 5 ms or more for a resource.`;
const START_GOAL_MS = 2_000;
const RESOURCE_GOAL_MS = 5;
const RUNNER = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");
const LOADER = 'require("@pulumi/policy"); console.log("loaded")';

const { json, runs, resources, help } = parseArgs({
  options: {
    json: { type: "string" },
    runs: { type: "string", default: "7" },
    resources: { type: "string", default: "1000" },
    help: { type: "boolean", default: false },
  },
}).values;
if (help) process.stdout.write(`${USAGE}\n`);
else await main(Number(runs), Number(resources));

async function main(runCount: number, resourceCount: number): Promise<void> {
  const folder = join(PROJECT, await buildPolicyPack());
  const environment = await packEnvironment();
  const started: number[] = [];
  const bare: number[] = [];
  const each: number[] = [];
  for (let run = 0; run < runCount; run += 1) {
    // The runner prints the port on which the pack serves. The address is the engine's, which the pack does not use at its start.
    const pack = await untilFirstOutput([RUNNER, "127.0.0.1:1", folder], folder, environment);
    started.push(pack.milliseconds);
    each.push(await millisecondsEach(Number(pack.output), resourceCount));
    pack.child.kill();
    const loader = await untilFirstOutput(["-e", LOADER], PROJECT, {});
    bare.push(loader.milliseconds);
    loader.child.kill();
  }
  const [packMs, bareMs, eachMs] = [median(started), median(bare), median(each)];
  const report = { runs: runCount, resources: resourceCount, packMs, bareMs, ratio: packMs / bareMs, eachMs };
  process.stdout.write(
    `${[
      "| what | median | goal | ratio to a bare @pulumi/policy |",
      "| --- | --- | --- | --- |",
      `| start until it serves | ${packMs.toFixed(0)} ms | under ${START_GOAL_MS} ms | ${report.ratio.toFixed(2)} (${bareMs.toFixed(0)} ms) |`,
      `| each of ${resourceCount} resources | ${eachMs.toFixed(2)} ms | under ${RESOURCE_GOAL_MS} ms | |`,
    ].join("\n")}\n`,
  );
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  if (packMs >= START_GOAL_MS || eachMs >= RESOURCE_GOAL_MS) process.exitCode = 1;
}

/** The milliseconds for each resource. Like the engine, it sends one resource after another, first to be remediated, then to be analysed. */
async function millisecondsEach(port: number, count: number): Promise<number> {
  const analyzer = openAnalyzer(port);
  const requests = resourceRequests(count);
  await analyzer.analyze(requests.slice(0, 10));
  const begun = performance.now();
  await analyzer.analyze(requests);
  const milliseconds = performance.now() - begun;
  analyzer.close();
  return milliseconds / count;
}

function untilFirstOutput(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ milliseconds: number; output: string; child: ChildProcess }> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error("the policy pack ended before it served")));
    child.stdout.once("data", (data: Buffer) => {
      resolve({ milliseconds: performance.now() - begun, output: data.toString("utf8"), child });
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
