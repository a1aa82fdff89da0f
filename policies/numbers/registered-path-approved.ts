import type { ResourceValidationPolicy } from "@pulumi/policy";
import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { WEBHOOK_PROPERTIES, type WebhookProperty } from "../../hub/urls/registered-url.ts";
import { isGiven, NOT_KNOWN, readProperty } from "../reading/known-value.ts";
import { shown, shownUrl } from "../reading/shown-value.ts";

/**
 * FUNNEL-REGISTRY approves the paths. Nothing answers on a pending route. A URL that a preview does not know is a violation: the
 * hub's are constants.
 *
 * @param manifest called for each number, for its routes
 * @see docs/domain.md#webhook-endpoints
 */
export function registeredPathApproved(manifest: () => Manifest): ResourceValidationPolicy {
  return {
    name: "registered-path-approved",
    description: "A number's URL leads to an approved route, and a fallback URL to its own alias.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name, props }, reportViolation) => {
      if (type !== PHONE_NUMBER_TYPE) return;
      for (const { url } of WEBHOOK_PROPERTIES) {
        const problem = pathProblem(manifest(), url, readProperty(props, url));
        if (problem === undefined) continue;
        reportViolation(
          `${name}.${url}: ${problem}; take it from registeredUrls (hub/urls/urls.ts; docs/domain.md#webhook-endpoints)`,
        );
      }
    },
  };
}

function pathProblem(manifest: Manifest, property: WebhookProperty, value: unknown): string | undefined {
  if (!isGiven(value) || value === "") return undefined;
  if (value === NOT_KNOWN) return shown(value);
  const path = typeof value === "string" ? URL.parse(value)?.pathname : undefined;
  const isApproved = manifest.routes.some(
    (route) =>
      route.path === path &&
      (isFallback(property) ? route.status === "alias" && route.role === property : route.status === "approved"),
  );
  if (isApproved) return undefined;
  const expected = isFallback(property) ? "the alias of this fallback" : "an approved route's path";
  return `${shownUrl(value, manifest)}, which does not lead to ${expected} (hub/urls/routes.ts)`;
}

function isFallback(property: WebhookProperty): boolean {
  return property === "voiceFallbackUrl" || property === "smsFallbackUrl";
}
