import type { ResourceValidationPolicy } from "@pulumi/policy";
import { commandProblems, isCommand } from "../../hub/guards/commands/known-commands.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { commandContext, givenCommand } from "./reading/command.ts";

/**
 * A `command:*` resource runs any text on a machine, past every other policy. So each command is a child of the hub's deployment, under a known name,
 * with scripts of a known SHA-256 and variables of known names. A restart names the release, the owner and the day of `hub:authorisation`, and the hub's
 * own process. The gate file holds the manifest's gate. A script, or such a variable, that a preview does not know is a violation: the hub's are
 * constants. The program's own guard (`infra/guards/refuse-unknown-commands.ts`) applies the same rules in a run without the pack.
 *
 * The pack is shown neither a deletion nor a call of `command.local.run`, which is not a resource.
 *
 * @param manifest called for each command, for its gate
 * @param now the time of the run
 * @see docs/domain.md#feedback-rules: no restart without confirmation, no plain credentials
 */
export function knownCommandsOnly(manifest: () => Manifest, now: () => Date): ResourceValidationPolicy {
  return {
    name: "known-commands-only",
    description:
      "Every command on a machine is one of the hub's own: a known script, with no input that changes what it runs.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (!isCommand(args.type)) return;
      const context = commandContext(manifest, now());
      for (const problem of commandProblems(givenCommand(args), context)) reportViolation(problem);
    },
  };
}
