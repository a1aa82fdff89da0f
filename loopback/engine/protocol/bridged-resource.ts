/** The behaviour of every resource of a Terraform provider behind Pulumi's bridge. */
import { bridgedDiff } from "./diff.ts";
import { isBag, type Properties } from "./properties.ts";
import type { LiveResource, ResourceStandIn } from "./provider-server.ts";

/** A resource of a bridged provider. */
export interface BridgedResource<Client>
  extends Pick<ResourceStandIn<Client>, "plan" | "importedInputs" | "create" | "update" | "delete"> {
  /** The properties whose changes replace the resource. */
  readonly replaceOn: readonly string[];
  /** Reads the resource; undefined if it does not exist. `outputs` are those in the state; empty on an import. */
  read(client: Client, id: string, outputs: Properties): Promise<LiveResource | undefined>;
}

/** Makes the resource as the engine sees it, with the bridge's diffs (without details) and the bridge's inputs after a refresh. */
export function bridgedResource<Client>(resource: BridgedResource<Client>): ResourceStandIn<Client> {
  return {
    ...resource,
    diff: ({ outputs }, inputs) =>
      bridgedDiff(ownOutputs(outputs), resource.plan(inputs, ownOutputs(outputs)), resource.replaceOn),
    plan: (inputs, outputs) => resource.plan(inputs, ownOutputs(outputs)),
    read: (client, id, { outputs }) => resource.read(client, id, ownOutputs(outputs)),
    refreshedInputs,
  };
}

/** Whether the resource does not exist yet, so that the plan is for a create. */
export function isNew(state: Properties): boolean {
  return Object.keys(state).length === 0;
}

/** The outputs without the bridge's own properties (`__meta`, `__pulumi_raw_state_delta`). */
function ownOutputs(outputs: Properties): Properties {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !name.startsWith("__")));
}

/**
 * The live values of the program's inputs, and of nothing else. Lists are compared by position and never grow, so an inserted rule shows
 * up as a difference in every later rule.
 * Source: https://github.com/pulumi/pulumi-terraform-bridge/blob/master/pkg/tfbridge/schema.go (`extractInputs`)
 */
export function refreshedInputs(inputs: Properties, outputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) =>
      name in outputs ? [[name, refreshed(value, outputs[name])]] : [],
    ),
  );
}

function refreshed(input: unknown, live: unknown): unknown {
  if (Array.isArray(input) && Array.isArray(live)) {
    return input.slice(0, live.length).map((item, index) => refreshed(item, live[index]));
  }
  if (isBag(input) && isBag(live)) return refreshedInputs({ ...input }, { ...live });
  return live;
}
