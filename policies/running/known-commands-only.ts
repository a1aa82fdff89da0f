import type { ResourceValidationPolicy } from "@pulumi/policy";
import { commandProblems, isCommand } from "../../hub/guards/commands/known-commands.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { commandContext, givenCommand } from "./reading/given-command.ts";

/**
 * A `command:*` resource runs any text on a machine, past every other policy. So each one is the hub's own: a child of its deployment, under a
 * known name, with scripts of a known SHA-256 and variables of known names. A restart names the release, the owner and the day of `hub:authorisation`
 * and the hub's own process; the gate file says what the manifest's gate says. A script, or such a variable, that the preview does not know is a
 * violation too: the hub's are constants. Satisfied by removing the command, or by adding its script to `hub/scripts/` and `hub/guards/commands/known-scripts.ts`. The program's own
 * guard (`infra/guards/refuse-unknown-commands.ts`) asks the same of a run without the pack.
 *
 * The pack is shown neither a deletion nor a call of `command.local.run`, which is no resource.
 *
 * @param manifest gives the gate when a resource is looked at
 * @param today the day of the run, `YYYY-MM-DD` in UTC
 * @see docs/domain.md#feedback-rules: no restart without confirmation, no plain credentials
 */
export function knownCommandsOnly(manifest: () => Manifest, today: () => string): ResourceValidationPolicy {
  return {
    name: "known-commands-only",
    description:
      "A command that runs on a machine is the hub's own, with a known script and nothing that changes what it runs.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (!isCommand(args.type)) return;
      const context = commandContext(manifest, today());
      for (const problem of commandProblems(givenCommand(args), context)) reportViolation(problem);
    },
  };
}
