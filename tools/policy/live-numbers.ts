/** Checks the numbers of an exported state as they really are: settings made by hand show only in a resource's outputs. */

import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { fallbackUrlProblem } from "../../hub/urls/fallback-url.ts";
import { OVERRIDES } from "../../hub/urls/overrides.ts";
import { WEBHOOK_PROPERTIES, type WebhookProperty } from "../../hub/urls/registered-url.ts";
import type { ExportedState, StateResource } from "./state-findings.ts";

/**
 * A state with only the numbers. Their inputs hold the live URLs, methods and overrides. A fallback URL that the stack does not set is left out if
 * the handler answers it, because setting one by hand is allowed.
 */
export function liveNumbers({ deployment }: ExportedState, manifest: Manifest): ExportedState {
  const numbers = deployment.resources.filter(({ type }) => type === PHONE_NUMBER_TYPE);
  return {
    deployment: { resources: numbers.map((number) => ({ ...number, inputs: liveInputs(number, manifest) })) },
  };
}

function liveInputs({ inputs, outputs }: StateResource, manifest: Manifest): Record<string, unknown> {
  const webhooks = WEBHOOK_PROPERTIES.filter(
    ({ url }) => isSet(outputs[url]) && !isAnswered(url, inputs, outputs, manifest),
  );
  const names = [...OVERRIDES.map(({ property }) => property), ...webhooks.flatMap(({ url, method }) => [url, method])];
  const live = names.filter((name) => isSet(outputs[name])).map((name) => [name, outputs[name]]);
  return { ...inputs, ...Object.fromEntries(live) };
}

function isAnswered(
  url: WebhookProperty,
  inputs: StateResource["inputs"],
  outputs: StateResource["outputs"],
  manifest: Manifest,
): boolean {
  if ((url !== "voiceFallbackUrl" && url !== "smsFallbackUrl") || isSet(inputs[url])) return false;
  const live = outputs[url];
  return typeof live === "string" && fallbackUrlProblem(manifest, url, live) === undefined;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
