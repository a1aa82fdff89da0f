/** `npm run preview|up|drift|pulumi -- --stack NAME …`: runs the Pulumi CLI. All but `pulumi` attach the policy pack and check the plan. */
import { parseArgs } from "node:util";
import { runTool, UserError } from "../cli/run-tool.ts";
import { previewOptions, runCheckedPreview } from "../engine/checked-preview.ts";
import { runBare, runProgram, runsProgram } from "../engine/run-engine.ts";
import { type PlanFiles, planInspector, takePlanOptions } from "../plan/plan-options.ts";
import { openUpdatePlan } from "../plan/update-plan.ts";
import { readStackConfig, requireStack, stackFile } from "../stack/stack-config.ts";
import { shutGateUnlessDone } from "../stack/withdrawn-gate.ts";
import { buildPolicyPack } from "./build-policy-pack.ts";

const USAGE = `usage: npm run preview|up|drift -- --stack NAME [any option of the Pulumi CLI]
       npm run pulumi -- COMMAND [any option of the Pulumi CLI]

  preview   show what \`up\` would change in the live cloud
  up        make the changes, after a preview of its own that prints nothing if all is well
  drift     preview; exit with status 7 if the cloud differs from the program, and with 1 if the
            account's webhook Rules could not be looked at
  pulumi    run any command of the same CLI, without the policy pack and the plan check

preview, up and drift exit with status 1 if a policy is violated, or if the plan would lose, replace
or newly create a number, the tunnel's config or the DNS record. If an up fails, it shuts the text
gate for every number that the config does not approve.

preview takes two more options: --record FILE writes the plan so that it can be approved, and
--findings FILE writes the findings of the policies as JSON. up takes --expect FILE: it changes
nothing unless a fresh plan equals the recorded one, and then it keeps to that plan.

examples:
  npm run preview -- --stack prod --diff
  npm run up -- --stack prod --yes
  npm run drift -- --stack prod
  npm run pulumi -- cancel --stack prod`;

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  preview: ["preview"],
  up: ["up"],
  drift: ["preview", "--diff", "--expect-no-changes"],
};

await runTool(async () => {
  const [verb = "", ...given] = process.argv.slice(2);
  const command = COMMANDS[verb];
  const { files, rest } = command === undefined ? { files: {}, rest: given } : takePlanOptions(verb, given);
  const asksForHelp = [verb, ...rest].some((argument) => argument === "--help" || argument === "-h");
  if ((command === undefined && verb !== "pulumi") || (asksForHelp && command !== undefined)) {
    process.stdout.write(`${USAGE}\n`);
    return asksForHelp ? 0 : 1;
  }
  if (command === undefined)
    return runsProgram(rest)
      ? runProgram({ args: rest, ...stackOf(rest, `npm run pulumi -- ${rest[0]}`) })
      : runBare(rest);
  const run = stackOf(rest, `npm run ${verb} --`);
  const work: Work = { verb, run, rest, files, configFile: run.configFile ?? stackFile(run.stack) };
  return verb === "up" ? shutGateUnlessDone(work.configFile, () => runChecked(work)) : runChecked(work);
});

interface Work {
  readonly verb: string;
  readonly run: ReturnType<typeof stackOf>;
  /** The arguments for the CLI. */
  readonly rest: readonly string[];
  readonly files: PlanFiles;
  /** The path of the stack's config file. */
  readonly configFile: string;
}

async function runChecked({ verb, run, rest, files, configFile }: Work): Promise<number> {
  refusePackConfig(rest);
  const { hub } = await readStackConfig(configFile);
  const inspect = planInspector(files, hub);
  const pack = ["--policy-pack", await buildPolicyPack()];
  const args = [...(COMMANDS[verb] ?? []), ...rest, ...pack];
  if (verb !== "up") return runCheckedPreview({ ...run, args, isDrift: verb === "drift" }, inspect);
  // The output of this preview is held back, so it must not ask questions.
  const preview = ["preview", "--non-interactive", ...previewOptions(rest), ...pack];
  const checked = (options: readonly string[]) =>
    runCheckedPreview({ ...run, args: [...preview, ...options], isQuiet: true }, inspect);
  if (files.expect !== undefined)
    return upAsPlanned(checked, (options) => runProgram({ ...run, args: [...args, ...options] }));
  const code = await checked([]);
  return code === 0 ? runProgram({ ...run, args }) : code;
}

type Run = (options: readonly string[]) => Promise<number>;

/** Compares a preview with the recorded plan, then runs an `up` that keeps to that preview's plan. A change in between stops the `up`. */
async function upAsPlanned(preview: Run, up: Run): Promise<number> {
  const plan = await openUpdatePlan();
  try {
    const code = await preview(plan.saving);
    if (code !== 0) return code;
    await plan.settle();
    return await up(plan.keeping);
  } finally {
    await plan.close();
  }
}

/** Refuses a config of the policy pack: it can switch off any policy, without a reason and without a last day. */
function refusePackConfig(args: readonly string[]): void {
  const isGiven = args.some((argument) => /^--policy-pack-config(=|$)/.test(argument));
  if (!isGiven && process.env.PULUMI_OPTION_POLICY_PACK_CONFIG === undefined) return;
  throw new UserError(
    "--policy-pack-config and PULUMI_OPTION_POLICY_PACK_CONFIG are not allowed: declare an exception in hub/guards/exceptions.ts, with a reason and a last day",
  );
}

function stackOf(args: readonly string[], command: string): { stack: string; configFile?: string } {
  const options = { stack: { type: "string", short: "s" }, "config-file": { type: "string" } } as const;
  const { stack, "config-file": configFile } = parseArgs({ args: [...args], options, strict: false }).values;
  const name = requireStack(typeof stack === "string" ? stack : undefined, `${command} --stack prod`);
  return { stack: name, ...(typeof configFile === "string" && { configFile }) };
}
