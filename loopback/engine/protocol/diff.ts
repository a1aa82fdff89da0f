import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { changedPaths, type Properties, withoutNulls } from "./properties.ts";

const { DiffResponse, PropertyDiff } = proto;

const KINDS = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

/**
 * The detailed diff between what is and what the program wants.
 *
 * @param replaceOn the inputs whose change replaces the resource
 * @param computed the inputs whose absence from the program, or emptiness in it, is no change
 */
export function diff(
  before: Properties,
  after: Properties,
  replaceOn: readonly string[],
  computed: readonly string[],
): proto.DiffResponse {
  const silent = (key: string) => computed.includes(key) && (after[key] ?? "") === "";
  const changes = changedPaths(spoken(before, silent), spoken(after, silent));
  const response = new DiffResponse().setHasdetaileddiff(true);
  for (const [path, change] of changes) {
    const key = /^[^.[]+/.exec(path)?.[0] ?? path;
    const replaces = replaceOn.includes(key);
    response.getDetaileddiffMap().set(path, new PropertyDiff().setKind(KINDS[change][replaces ? 1 : 0]));
    response.addDiffs(key);
    if (replaces) response.addReplaces(key);
  }
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  return response.setChanges(changes.size === 0 ? DIFF_NONE : DIFF_SOME);
}

function spoken(properties: Properties, silent: (key: string) => boolean): unknown {
  return withoutNulls(Object.fromEntries(Object.entries(properties).filter(([key]) => !silent(key))));
}
