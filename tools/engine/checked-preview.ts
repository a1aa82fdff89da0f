/** A preview whose plan is also checked for problems that no policy can see. */

import { type ReadReports, SIGNING_NOT_READ } from "../../hub/signing/signing-reports.ts";
import { UserError } from "../cli/run-tool.ts";
import { planProblems } from "../plan/kept-resources.ts";
import type { SeenPlan } from "../plan/plan-options.ts";
import type { PolicyFinding } from "../plan/policy-findings.ts";
import { openEventLog } from "./event-log.ts";
import { type ProgramRun, runProgram } from "./run-engine.ts";

/**
 * Runs a preview and checks its plan. Returns 1 if the plan has a problem that {@link planProblems} finds or `inspect` gives a reason to stop;
 * otherwise the preview's own exit status. A drift check returns 7 if Twilio's Rules differ, and 1 if they could not be looked at.
 *
 * @throws UserError if the preview succeeded but its plan could not be read
 */
export async function runCheckedPreview(
  run: ProgramRun & { readonly isDrift?: boolean },
  inspect: (plan: SeenPlan) => Promise<string[]>,
): Promise<number> {
  const events = await openEventLog();
  try {
    const code = await runProgram({ ...run, events });
    const steps = await events.steps();
    if (steps === undefined && code === 0)
      throw new UserError("the plan could not be checked: the engine wrote no complete list of events; run it again");
    const kept = planProblems(steps ?? []);
    const signing = events.signing();
    const findings = [...events.findings(), ...kept.map(keptFinding), ...signing.stopping.map(signingFinding)];
    const reasons = await inspect({ code: kept.length === 0 ? code : 1, steps: steps ?? [], findings });
    const problems = [...kept, ...reasons];
    if (problems.length === 0) return run.isDrift === true ? driftStatus(code, signing) : code;
    process.stderr.write(`${problems.map((problem) => `error: ${problem}`).join("\n")}\n`);
    return 1;
  } finally {
    await events.close();
  }
}

/**
 * The exit status of a drift check. A difference of Twilio's Rules stops the program before the engine can count it. A check that could not look is
 * not clean.
 */
function driftStatus(code: number, { stopping, putRight, leftOver, notRead }: ReadReports): number {
  if (stopping.length > 0 || (code === 0 && putRight.length + leftOver.length > 0)) return DIFFERS;
  if (code !== 0 || notRead === undefined) return code;
  process.stderr.write(`error: ${SIGNING_NOT_READ}, so this check is not clean: ${notRead}\n`);
  return 1;
}

/** The engine's exit status if the cloud differs from the program (`--expect-no-changes`). */
const DIFFERS = 7;

/** Makes a finding of a line about Twilio's Rules. */
function signingFinding(message: string): PolicyFinding {
  return { policy: "webhooks-as-declared", level: "mandatory", message };
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
