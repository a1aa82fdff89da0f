/** A provider's answers to the engine's `Diff` requests. */
import { isDeepStrictEqual } from "node:util";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { changedPaths, type Properties, withoutNulls } from "./properties.ts";

const { DiffResponse, PropertyDiff } = proto;
const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;

const KINDS = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

/**
 * The answer of a provider built with pulumi-go-provider: a detailed diff, path by path.
 *
 * @param replaceOn the inputs whose changes replace the resource
 */
export function detailedDiff(before: Properties, after: Properties, replaceOn: readonly string[]): proto.DiffResponse {
  const changes = changedPaths(withoutNulls(before), withoutNulls(after));
  const response = topLevelDiff([...changes.keys()].map(topLevelName), replaceOn).setHasdetaileddiff(true);
  for (const [path, change] of changes) {
    const kind = KINDS[change][replaceOn.includes(topLevelName(path)) ? 1 : 0];
    response.getDetaileddiffMap().set(path, new PropertyDiff().setKind(kind));
  }
  return response;
}

/**
 * The answer of a bridged provider: the names of the top-level properties that differ between the state and the plan, computed ones
 * included, without a detailed diff.
 * Source: https://github.com/pulumi/pulumi-terraform-bridge/blob/master/pkg/pf/tfbridge/provider_diff.go
 *
 * @param state the outputs in the state
 * @param planned the outputs in a preview of the update
 * @param replaceOn the properties whose changes replace the resource
 */
export function bridgedDiff(state: Properties, planned: Properties, replaceOn: readonly string[]): proto.DiffResponse {
  const names = new Set([...Object.keys(state), ...Object.keys(planned)]);
  const set = (properties: Properties, name: string) => withoutNulls({ value: properties[name] });
  const changed = [...names].filter((name) => !isDeepStrictEqual(set(state, name), set(planned, name)));
  return topLevelDiff(changed, replaceOn);
}

function topLevelDiff(changed: readonly string[], replaceOn: readonly string[]): proto.DiffResponse {
  const names = [...new Set(changed)].sort();
  return new DiffResponse()
    .setChanges(names.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(names)
    .setReplacesList(names.filter((name) => replaceOn.includes(name)));
}

function topLevelName(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}
