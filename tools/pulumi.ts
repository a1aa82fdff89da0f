/** `npm run preview|up|drift|pulumi -- --stack NAME …`: the bare CLI, with the policy pack attached. */
import { parseArgs } from "node:util";
import { buildPolicyPack } from "./build-policy-pack.ts";
import { runEngine } from "./engine/run-engine.ts";
import { runTool, UserError } from "./user-error.ts";

const USAGE = `usage: npm run preview|up|drift -- --stack NAME [any option of the Pulumi CLI]
       npm run pulumi -- COMMAND --stack NAME [any option of the Pulumi CLI]

  preview   what \`up\` would change, against the live cloud
  up        make it so
  drift     preview that exits 7 where the cloud differs from the program
  pulumi    any other command of the CLI

examples:
  npm run preview -- --stack prod --diff
  npm run up -- --stack prod --yes
  npm run drift -- --stack prod
  npm run pulumi -- cancel --stack prod`;

const PACK_COMMANDS = ["preview", "up"];

await runTool(async () => {
  const [verb = "", ...rest] = process.argv.slice(2);
  if (verb === "" || rest.includes("--help") || rest.includes("-h")) {
    process.stdout.write(`${USAGE}\n`);
    return verb === "" ? 1 : 0;
  }
  const { stack, "config-file": configFile } = stackOptions(rest);
  const args = verb === "drift" ? ["preview", "--diff", "--expect-no-changes", ...rest] : [verb, ...rest];
  const pack = PACK_COMMANDS.includes(args[0] ?? "") ? ["--policy-pack", await buildPolicyPack()] : [];
  return runEngine({ args: [...args, ...pack], stack, ...(configFile !== undefined && { configFile }) });
});

function stackOptions(args: readonly string[]): { stack: string; "config-file"?: string | undefined } {
  const options = { stack: { type: "string", short: "s" }, "config-file": { type: "string" } } as const;
  const { stack, "config-file": configFile } = parseArgs({ args: [...args], options, strict: false }).values;
  if (typeof stack !== "string") throw new UserError(`no stack named; add --stack NAME\n\n${USAGE}`);
  return { stack, "config-file": typeof configFile === "string" ? configFile : undefined };
}
