/** The hub's own resources as the engine shows them to a policy, for the policies' cases. */

import { LOCAL_COMMAND_TYPE } from "../../hub/guards/commands/known-scripts.ts";
import { COMPONENT_TYPES, PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import { KEEP_RUNNING, RESTART_SCRIPT } from "../../hub/scripts/restart.ts";
import { STAGE_SCRIPT } from "../../hub/scripts/stage-release.ts";
import { manifestWith } from "../../hub/testing/config.ts";
import { WEBHOOK_PROPERTIES } from "../../hub/urls/registered-url.ts";
import { registeredUrls } from "../../hub/urls/urls.ts";
import { type GivenResource, resource } from "./resource.ts";

type Properties = Readonly<Record<string, unknown>>;

/** The manifest of the config with which the cases start. */
export const MANIFEST: Manifest = manifestWith();

/** A release's digest, without `sha256:`. */
export const RELEASE = "a1".repeat(32);

/** The value of `hub:authorisation` in the cases with a restart. */
export const AUTHORISATION = { release: `sha256:${RELEASE}`, by: "Henry Hill", on: "2026-11-20" };

/** The hub's component, with its outputs. */
export const hub = (props: Properties = { manifestDigest: manifestDigest(MANIFEST) }): GivenResource =>
  resource(COMPONENT_TYPES.hub, props, { name: "twilio-hub" });

/** The hub's deployment, with its outputs. */
export const deployment = (props: Properties = {}): GivenResource =>
  resource(COMPONENT_TYPES.deployment, props, { name: "deployment", parent: hub() });

/** A command of the hub's deployment. */
export function command(name: string, props: Properties): GivenResource {
  return resource(LOCAL_COMMAND_TYPE, props, { name, parent: deployment() });
}

/** The command that stages the release, with some of its inputs or variables replaced. */
export function stagedRelease(props: Properties = {}, variables: Properties = {}): GivenResource {
  const environment = {
    ...{ HUB_MANIFEST: manifestDigest(MANIFEST), HUB_RELEASE: RELEASE, HUB_RELEASES: "releases" },
    ...variables,
  };
  return command("staged-release", { create: STAGE_SCRIPT, environment, logging: "none", ...props });
}

/** The restart that {@link AUTHORISATION} allows, with some of its variables or inputs replaced. */
export function restart(variables: Properties = {}, props: Properties = {}): GivenResource {
  const environment = {
    ...{ HUB_RELEASE: RELEASE, HUB_AUTHORISED_BY: "Henry Hill", HUB_AUTHORISED_ON: "2026-11-20" },
    ...{ HUB_PROCESS: "twilio", HUB_RELEASES: "releases" },
    ...variables,
  };
  return command("restart", { create: RESTART_SCRIPT, update: KEEP_RUNNING, environment, logging: "none", ...props });
}

/** A number with the manifest's URLs, and some of its properties replaced. */
export function number(props: Properties = {}): GivenResource {
  const [own] = MANIFEST.numbers.map(({ number }) => registeredUrls(MANIFEST, number));
  const methods = Object.fromEntries(WEBHOOK_PROPERTIES.map(({ method }) => [method, "POST"]));
  return resource(PHONE_NUMBER_TYPE, { ...own, ...methods, ...props }, { name: "primary" });
}
