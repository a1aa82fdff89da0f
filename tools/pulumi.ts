/** `npm run preview|up|drift|pulumi -- --stack NAME …`: the bare CLI. The first three attach the policy pack. */
import { parseArgs } from "node:util";
import { buildPolicyPack } from "./build-policy-pack.ts";
import { runBare, runProgram, runsProgram } from "./engine/run-engine.ts";
import { runTool, UserError } from "./user-error.ts";

const USAGE = `usage: npm run preview|up|drift -- --stack NAME [any option of the Pulumi CLI]
       npm run pulumi -- COMMAND [any option of the Pulumi CLI]

  preview   what \`up\` would change, against the live cloud
  up        make it so
  drift     preview that exits 7 where the cloud differs from the program
  pulumi    any command of the same CLI, without the policy pack

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
  const [verb = "", ...rest] = process.argv.slice(2);
  const command = COMMANDS[verb];
  const asksForHelp = rest.includes("--help") || rest.includes("-h");
  if ((command === undefined && verb !== "pulumi") || (asksForHelp && command !== undefined)) {
    process.stdout.write(`${USAGE}\n`);
    return asksForHelp ? 0 : 1;
  }
  if (command === undefined) return runsProgram(rest) ? runProgram({ args: rest, ...stackOf(rest) }) : runBare(rest);
  const args = [...command, ...rest, "--policy-pack", await buildPolicyPack()];
  return runProgram({ args, ...stackOf(rest) });
});

function stackOf(args: readonly string[]): { stack: string; configFile?: string } {
  const options = { stack: { type: "string", short: "s" }, "config-file": { type: "string" } } as const;
  const { stack, "config-file": configFile } = parseArgs({ args: [...args], options, strict: false }).values;
  if (typeof stack !== "string") throw new UserError(`no stack named; add --stack NAME\n\n${USAGE}`);
  return { stack, ...(typeof configFile === "string" && { configFile }) };
}
