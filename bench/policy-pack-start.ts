/**
 * `npm run bench:policies [-- --json FILE]`: how long the compiled policy pack takes from its start until it serves, in milliseconds, and as a
 * ratio to a bare Node that loads @pulumi/policy alone.
 */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { buildPolicyPack } from "../tools/build-policy-pack.ts";
import { PROJECT } from "../tools/paths.ts";

const RUNS = 7;
const RUNNER = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");

const { json } = parseArgs({ options: { json: { type: "string" } } }).values;
const folder = join(PROJECT, await buildPolicyPack());
const pack: number[] = [];
const bare: number[] = [];
for (let run = 0; run < RUNS; run += 1) {
  // The runner prints the port on which the pack serves; the address is the engine's, which nothing asks for at the start.
  pack.push(await untilFirstOutput([RUNNER, "127.0.0.1:1", folder], folder));
  bare.push(await untilFirstOutput(["-e", 'require("@pulumi/policy"); console.log("loaded")'], PROJECT));
}
const report = { runs: RUNS, packMs: median(pack), bareMs: median(bare), ratio: median(pack) / median(bare) };
process.stdout.write(
  `policy pack serves after ${report.packMs.toFixed(0)} ms (median of ${RUNS}), ` +
    `${report.ratio.toFixed(2)} times a bare @pulumi/policy (${report.bareMs.toFixed(0)} ms)\n`,
);
if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);

function untilFirstOutput(args: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
    child.once("error", reject);
    child.stdout.once("data", () => {
      resolve(performance.now() - started);
      child.kill();
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
