import * as pulumi from "@pulumi/pulumi";
import { invokeProblem } from "../../hub/guards/commands/known-invokes.ts";
import { dayOf } from "../../hub/guards/exceptions.ts";
import { mistake } from "../stack/mistake.ts";
import type { Stack } from "../stack/stack-config.ts";

/**
 * Refuses every call of a provider's function that is not one of the hub's, above all `command.local.run` with another command. A call is not a
 * resource, so neither the policy pack nor the plan shows it. The engine runs this guard before it calls the plugin, for every way to make the
 * call (plain, as an output, or over gRPC). It does not run it for `pulumi.runtime.call`, a method of a resource; the stack's plugins have no
 * methods. Call this before any resource is created. https://www.pulumi.com/docs/iac/concepts/functions/
 *
 * @throws RunError from a refused call
 */
export function refuseUnknownInvokes({ config, gates, now }: Stack): void {
  const context = { config, gates, today: dayOf(now) };
  const inRun = { isPreview: pulumi.runtime.isDryRun(), context };
  pulumi.runtime.registerInvokeTransform((invoke) => {
    const problem = invokeProblem(invoke, inRun);
    if (problem !== undefined) throw mistake(problem);
    return undefined;
  });
}
