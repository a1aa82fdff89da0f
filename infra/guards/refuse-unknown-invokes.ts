import * as pulumi from "@pulumi/pulumi";
import { invokeProblem } from "../../hub/guards/commands/known-invokes.ts";
import { dayOf } from "../../hub/guards/exceptions.ts";
import { mistake } from "../stack/mistake.ts";
import type { Stack } from "../stack/stack-config.ts";

/**
 * Refuses every call of a provider's function that is not one of the hub's, `command.local.run` of another command above all: a call is no
 * resource, so neither the policy pack nor the plan shows it. The engine asks before it calls the plugin, however the program asked for the call
 * (plain, as an output, or over gRPC). It does not ask for `pulumi.runtime.call`, a method of a resource, of which the stack's plugins have none.
 * To be called before any resource is made. https://www.pulumi.com/docs/iac/concepts/functions/
 *
 * @throws RunError, out of the call that is refused
 */
export function refuseUnknownInvokes({ config, manifest }: Stack): void {
  const context = { config, gate: manifest.gate, today: dayOf(new Date()) };
  const inRun = { isPreview: pulumi.runtime.isDryRun(), context };
  pulumi.runtime.registerInvokeTransform((invoke) => {
    const problem = invokeProblem(invoke, inRun);
    if (problem !== undefined) throw mistake(problem);
    return undefined;
  });
}
