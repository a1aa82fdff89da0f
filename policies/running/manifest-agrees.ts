import type { StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import { COMPONENT_TYPES, PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import { NOT_KNOWN, readProperty } from "../reading/known-value.ts";
import { shownDigest } from "../reading/shown-value.ts";
import { isStagedRelease, stagedManifest } from "./reading/staged-release.ts";

type StackResource = StackValidationArgs["resources"][number];

interface Found {
  readonly place: string;
  readonly digest: unknown;
}

/** What gives the manifest's digest out: the hub's component, and the stack for it. */
const GIVE_OUT: readonly string[] = [COMPONENT_TYPES.hub, "pulumi:pulumi:Stack"];

const SEE = "(docs/domain.md#failure-mode)";

/**
 * The stack stands on one manifest: the digest that the hub and the stack give out, the one that the staged release carries and that of the config
 * are the same, and a stack with a number in it has both. `registered-is-candidate` sees each resource alone and before it is made; this one sees
 * them side by side, in a preview and in an exported state. An unknown value is a violation. Satisfied by building the hub with `TwilioHub.create`
 * from one config, and by exporting its digest.
 *
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
        const value = digest === NOT_KNOWN ? "its value is not known in the preview" : `found ${shownDigest(digest)}`;
        reportViolation(`${place}: ${value}; expected the digest of the config's manifest, ${expected} ${SEE}`);
      }
      if (given.length === 0)
        reportViolation(`manifestDigest: neither the hub nor the stack gives it out; export it ${SEE}`);
      if (staged.length !== 1) {
        reportViolation(
          `${COMMAND_NAMES.stagedRelease}: found ${staged.length}; expected one in the hub's deployment ${SEE}`,
        );
      }
    },
  };
}

function givenDigests(resources: readonly StackResource[]): Found[] {
  return resources
    .filter(({ type }) => GIVE_OUT.includes(type))
    .map(({ name, props }) => ({ place: `${name}.manifestDigest`, digest: readProperty(props, "manifestDigest") }))
    .filter(({ digest }) => digest !== undefined);
}

function stagedDigests(resources: readonly StackResource[]): Found[] {
  return resources
    .filter(isStagedRelease)
    .map(({ name, props }) => ({ place: `${name}.environment.HUB_MANIFEST`, digest: stagedManifest(props) }));
}
