/** A preview whose plan is also checked for problems that no policy can see. */

import { UserError } from "../cli/run-tool.ts";
import { planProblems } from "../plan/kept-resources.ts";
import type { SeenPlan } from "../plan/plan-options.ts";
import type { PolicyFinding } from "../plan/policy-findings.ts";
import { openEventLog } from "./event-log.ts";
import { type ProgramRun, runProgram } from "./run-engine.ts";

/**
 * Runs a preview and checks its plan. Returns 1 if the plan has a problem that {@link planProblems} finds or `inspect` gives a reason to stop;
 * otherwise the preview's own exit status.
 *
 * @throws UserError if the preview succeeded but its plan could not be read
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
      throw new UserError("the plan could not be checked: the engine wrote no complete list of events; run it again");
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

/** Makes a finding of a problem, which begins with the policy's name. */
function keptFinding(problem: string): PolicyFinding {
  return { policy: problem.split(":")[0] ?? "", level: "mandatory", message: problem };
}

/** Options of `up` that `preview` does not have, or that would change the exit status of this preview. */
const UP_ONLY = /^(--(yes|skip-preview|strict|continue-on-error|expect-no-changes|json)(=.*)?|-[yfj]+)$/;
const UP_ONLY_WITH_VALUE: readonly string[] = ["--secrets-provider", "--plan"];

/** Returns those arguments of `up` that a preview of the same plan takes too. */
export function previewOptions(args: readonly string[]): string[] {
  return args.filter((argument, index) => {
    const [name = ""] = argument.split("=");
    const isValueOf = UP_ONLY_WITH_VALUE.includes(args[index - 1] ?? "");
    return !UP_ONLY.test(argument) && !UP_ONLY_WITH_VALUE.includes(name) && !isValueOf;
  });
}
