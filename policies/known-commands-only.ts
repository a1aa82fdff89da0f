import type { ResourceValidationPolicy } from "@pulumi/policy";
import { commandProblems, isCommand } from "../hub/known-commands.ts";
import { isDeploymentCommand } from "../hub/known-scripts.ts";
import { NOT_KNOWN } from "./known-value.ts";
import { plainProperties } from "./plain-properties.ts";

/**
 * A `command:*` resource runs any text on a machine, past every other policy. So each one is the hub's own: a child of its deployment, under a
 * known name, with scripts of a known SHA-256 and variables of known names. A script that the preview does not know is a violation too: the
 * hub's are constants. Satisfied by removing the command, or by adding its script to `hub/scripts/` and `hub/known-scripts.ts`. The program's own
 * guard (`infra/refuse-unknown-commands.ts`) asks the same of a run without the pack.
 *
 * The pack is shown neither a deletion nor a call of `command.local.run`, which is no resource.
 *
 * @see the domain document, "Feedback rules": no restart without confirmation, no plain credentials
 */
export function knownCommandsOnly(): ResourceValidationPolicy {
  return {
    name: "known-commands-only",
    description:
      "A command that runs on a machine is the hub's own, with a known script and nothing that changes what it runs.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name, urn, props }, reportViolation) => {
      if (!isCommand(type)) return;
      const problems = commandProblems({
        type,
        name,
        isOfDeployment: isDeploymentCommand(urn),
        inputs: plainProperties(props),
        isUnknown: (value) => value === NOT_KNOWN,
      });
      for (const problem of problems) reportViolation(problem);
    },
  };
}
