import type { StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import { COMPONENT_TYPES, PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import { readProperty } from "../reading/known-value.ts";
import { shownDigest } from "../reading/shown-value.ts";
import { isStagedRelease, stagedManifest } from "./reading/deployment.ts";

type StackResource = StackValidationArgs["resources"][number];

interface Found {
  readonly place: string;
  readonly digest: unknown;
}

/** The types with the output `manifestDigest`: the hub's component, and the stack, which exports it. */
const WITH_DIGEST: readonly string[] = [COMPONENT_TYPES.hub, "pulumi:pulumi:Stack"];

const SEE = "(docs/domain.md#failure-mode)";

/**
 * The digest that the hub and the stack give out, the digest that the staged release carries and the digest of the config must be the same. A stack
 * with a hub or a number must have both a digest and a staged release. `registered-is-candidate` sees each resource alone and before it is made; this
 * policy sees all of them side by side, in a preview and in an exported state. An unknown value is a violation.
 *
 * @param manifest called once, for its digest
 * @see docs/domain.md#failure-mode: the registered URL must match exactly, or every webhook is answered 403
 */
export function manifestAgrees(manifest: () => Manifest): StackValidationPolicy {
  return {
    name: "manifest-agrees",
    description: "The hub, the stack's outputs, the staged release and the config have one manifest.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, reportViolation) => {
      if (!resources.some(({ type }) => type === COMPONENT_TYPES.hub || type === PHONE_NUMBER_TYPE)) return;
      const expected = manifestDigest(manifest());
      const [given, staged] = [givenDigests(resources), stagedDigests(resources)];
      for (const { place, digest } of [...given, ...staged].filter((found) => found.digest !== expected)) {
        reportViolation(
          `${place}: ${shownDigest(digest)}; expected the digest of the config's manifest, ${expected}: use one config for all ${SEE}`,
        );
      }
      if (given.length === 0)
        reportViolation(`manifestDigest: neither the hub nor the stack has this output; export it ${SEE}`);
      if (staged.length !== 1) {
        reportViolation(
          `${COMMAND_NAMES.stagedRelease}: found ${staged.length} commands of this name in the hub's deployment; declare exactly one ${SEE}`,
        );
      }
    },
  };
}

function givenDigests(resources: readonly StackResource[]): Found[] {
  return resources
    .filter(({ type }) => WITH_DIGEST.includes(type))
    .map(({ name, props }) => ({ place: `${name}.manifestDigest`, digest: readProperty(props, "manifestDigest") }))
    .filter(({ digest }) => digest !== undefined);
}

function stagedDigests(resources: readonly StackResource[]): Found[] {
  return resources
    .filter(isStagedRelease)
    .map(({ name, props }) => ({ place: `${name}.environment.HUB_MANIFEST`, digest: stagedManifest(props) }));
}
