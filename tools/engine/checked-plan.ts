/** A preview whose plan is checked for what no policy sees. */

import { UserError } from "../cli/run-tool.ts";
import type { SeenPlan } from "../plan/inspect-plan.ts";
import { planProblems } from "../plan/kept-check.ts";
import type { PolicyFinding } from "../plan/policy-findings.ts";
import { openEventLog } from "./event-log.ts";
import { type ProgramRun, runProgram } from "./run-engine.ts";

/**
 * Runs a preview as it is, and gives its exit status: 1 where the plan would lose, replace or buy what must be kept, whatever else the preview said.
 *
 * @throws UserError where the preview succeeded and its plan could not be read
 */
export async function runCheckedPreview(
  run: ProgramRun,
  inspect: (plan: SeenPlan) => Promise<string[]>,
): Promise<number> {
  const events = await openEventLog();
  try {
    const code = await runProgram({ ...run, events });
    const steps = await events.steps();
    if (steps === undefined && code === 0)
      throw new UserError("the plan could not be checked: the engine gave no events");
    const kept = planProblems(steps ?? []);
    const findings = [...events.findings(), ...kept.map(keptFinding)];
    const reasons = await inspect({ code: kept.length === 0 ? code : 1, steps: steps ?? [], findings });
    const problems = [...kept, ...reasons];
    if (problems.length === 0) return code;
    process.stderr.write(`${problems.map((problem) => `error: ${problem}`).join("\n")}\n`);
    return 1;
  } finally {
    await events.close();
  }
}

/** The policy's name stands in front of each problem. */
function keptFinding(problem: string): PolicyFinding {
  return { policy: problem.split(":")[0] ?? "", level: "mandatory", message: problem };
}

/** Options of `up` that `preview` does not have, or that would end this preview with another status than its plan deserves. */
const UP_ONLY = /^(--(yes|skip-preview|strict|continue-on-error|expect-no-changes|json)(=.*)?|-[yfj]+)$/;
const UP_ONLY_WITH_VALUE: readonly string[] = ["--secrets-provider", "--plan"];

/** What of the arguments of `up` a preview of the same plan takes. */
export function previewOptions(args: readonly string[]): string[] {
  return args.filter((argument, index) => {
    const [name = ""] = argument.split("=");
    const isValueOf = UP_ONLY_WITH_VALUE.includes(args[index - 1] ?? "");
    return !UP_ONLY.test(argument) && !UP_ONLY_WITH_VALUE.includes(name) && !isValueOf;
  });
}
