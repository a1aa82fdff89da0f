/**
 * `npm run bench:handler`: compares the webhook handler with the usual way to write one, and with a bare server. docs/benchmark.md describes the
 * measurement.
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { readOptions } from "../tools/cli/read-options.ts";
import { runTool, UserError } from "../tools/cli/run-tool.ts";
import { measureAttacks } from "./handler/attack/measure-attacks.ts";
import { attackReport, isHeld } from "./handler/attack/report.ts";
import { measure } from "./handler/measure.ts";
import { GOALS, isMet, type Level, ratiosOf, reportText } from "./handler/report.ts";
import { requireSameAnswer } from "./handler/servers/answers.ts";
import { type Stage, withStage } from "./handler/stage.ts";

const LEVELS = [16, 64];

const USAGE = `usage: npm run bench:handler -- [--attack] [--seconds N] [--rounds N] [--json FILE]

  --seconds N   measure each round of a server for N seconds (default: 5)
  --rounds N    measure N rounds of each server and show their medians (default: 3)
  --attack      instead attack the handler, and measure its answers to signed webhooks meanwhile
  --json FILE   also write all numbers to FILE, with the machine and the date
  --help        print this

It exits 0 even if a goal is missed (with --attack: 1), and 1 if a server answers wrongly or a webhook is not stored exactly once.`;

const OPTIONS = {
  seconds: { type: "string", default: "5" },
  rounds: { type: "string", default: "3" },
  attack: { type: "boolean", default: false },
  json: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const options = readOptions(OPTIONS, "npm run bench:handler");
  if (options.help) return print(USAGE);
  const rounds = { seconds: positive("seconds", options.seconds), rounds: positive("rounds", options.rounds) };
  if (options.attack) return attack(rounds.seconds, options.json);
  const { levels, postgres } = await withStage(async (stage) => ({
    levels: await measureLevels(stage, rounds),
    postgres: await stage.postgresVersion(),
  }));
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model, node: process.versions.node, postgres };
  print(`${machine.cores} cores, Node ${machine.node}, Postgres ${postgres}; medians of ${rounds.rounds} rounds\n`);
  print(reportText(levels));
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(summary(levels), null, 2)}\n`);
  return 0;

  function summary(measured: readonly Level[]) {
    return { date: new Date().toISOString(), machine, ...rounds, levels: measured.map(levelSummary) };
  }
});

async function attack(seconds: number, file: string | undefined): Promise<number> {
  const results = await measureAttacks(seconds, (line) => process.stderr.write(`${line}\n`));
  print(attackReport(results));
  if (file !== undefined) await writeFile(file, `${JSON.stringify({ seconds, results }, null, 2)}\n`);
  return results.every(isHeld) ? 0 : 1;
}

async function measureLevels(
  { subjects }: Stage,
  rounds: { readonly seconds: number; readonly rounds: number },
): Promise<Level[]> {
  await requireSameAnswer(subjects);
  const levels: Level[] = [];
  for (const connections of LEVELS) {
    const measured = await measure(subjects, connections, rounds, (line) => process.stderr.write(`${line}\n`));
    levels.push({ connections, servers: measured });
  }
  return levels;
}

function levelSummary(level: Level) {
  const goals = GOALS.filter(({ connections }) => connections === level.connections);
  return { ...level, ratios: ratiosOf(level), goals: goals.map((goal) => ({ ...goal, isMet: isMet(goal, level) })) };
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UserError(`--${option}: expected a whole number of at least 1, found "${text}"`);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
