/** The behaviour that the bridge of Terraform providers gives every resource. */
import { bridgedDiff } from "./diff.ts";
import { isBag, type Properties } from "./properties.ts";
import type { LiveResource, ResourceStandIn } from "./provider-server.ts";

/** A resource of a bridged provider. */
export interface BridgedResource<Client>
  extends Pick<ResourceStandIn<Client>, "plan" | "importedInputs" | "create" | "update" | "delete"> {
  /** The properties whose change replaces the resource. */
  readonly replaceOn: readonly string[];
  /** Undefined if the resource is gone. `outputs` are the state's; empty on an import. */
  read(client: Client, id: string, outputs: Properties): Promise<LiveResource | undefined>;
}

/** The resource as the engine sees it: diffs without detail, and the inputs that the bridge reads out of what is live. */
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

/** Whether there is no resource yet: the plan is that of a create. */
export function isNew(state: Properties): boolean {
  return Object.keys(state).length === 0;
}

/** The properties in the state, without the bridge's own notes (`__meta`, `__pulumi_raw_state_delta`). */
function ownOutputs(outputs: Properties): Properties {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !name.startsWith("__")));
}

/**
 * The live values of what the program gave, and of nothing else. Lists are matched by position, so a rule that somebody put in between
 * shows up as the difference of every later one, and a list never grows.
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
