/** The policy pack's entry point. Constructing the pack starts its server, so nothing imports this file. */
import { PolicyPack } from "@pulumi/policy";
import { dayOf, exceptionsOn } from "../hub/guards/exceptions.ts";
import type { Manifest } from "../hub/manifest.ts";
import { allPolicies } from "./all-policies.ts";
import { stackManifest } from "./reading/stack.ts";
import { withExceptions } from "./with-exceptions.ts";

let manifest: Manifest | undefined;
/** Reads the manifest for the first resource: the stack's config reaches the pack only after it has started. */
const lazily = (): Manifest => {
  manifest ??= stackManifest();
  return manifest;
};

new PolicyPack("twilio-hub", { policies: withExceptions(allPolicies(lazily), exceptionsOn(dayOf(new Date()))) });
