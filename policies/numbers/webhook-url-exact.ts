import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import type { Manifest } from "../../hub/manifest.ts";
import {
  registeredUrlProblem,
  WEBHOOK_PROPERTIES,
  type WebhookProperty,
  webhookMethodProblem,
} from "../../hub/urls/registered-url.ts";
import { registeredUrls } from "../../hub/urls/urls.ts";
import { isGiven, NOT_KNOWN, readProperty } from "../reading/known-value.ts";
import { shown, shownUrl } from "../reading/shown-value.ts";

const REMEDY = "take it from the manifest (hub/urls/urls.ts; docs/domain.md#failure-mode)";

/**
 * Twilio signs over the exact URL, and one character more is answered 403. So the URL has no port, credentials, query, fragment or trailing slash, and
 * no host or path of its own. A URL that the manifest registers must be set, because Twilio keeps what is left out, and must not be in `ignoreChanges`.
 * A value that a preview does not know is a violation: the hub's URLs are always known.
 *
 * @param manifest called for each number, for its URLs
 * @see docs/domain.md#failure-mode: the registered URL must match exactly, including https:// and no trailing slash
 */
export function webhookUrlExact(manifest: () => Manifest): ResourceValidationPolicy {
  return {
    name: "webhook-url-exact",
    description: "Every webhook URL of a number is exactly the manifest's for that property, and is called with POST.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (args.type !== PHONE_NUMBER_TYPE) return;
      for (const { url, method } of WEBHOOK_PROPERTIES) {
        for (const problem of [
          ...urlProblems(args, url, manifest()),
          ...methodProblems(args, url, method),
          ...ignoredProblems(args, [url, method]),
        ]) {
          reportViolation(`${args.name}.${problem}; ${REMEDY}`);
        }
      }
    },
  };
}

function urlProblems({ props }: ResourceValidationArgs, property: WebhookProperty, manifest: Manifest): string[] {
  const value = readProperty(props, property);
  if (value === NOT_KNOWN) return [`${property}: ${shown(value)}`];
  if (!isGiven(value) || value === "") {
    const [number] = manifest.numbers;
    const expected = number && registeredUrls(manifest, number.number)[property];
    return expected === undefined
      ? []
      : [`${property}: is not set, and ${expected} is registered; Twilio would keep its present value`];
  }
  const problem =
    typeof value === "string" ? registeredUrlProblem(manifest, property, value) : "is not a text; set the URL itself";
  return problem === undefined ? [] : [`${property}: ${shownUrl(value, manifest)}, which ${problem}`];
}

function methodProblems({ props }: ResourceValidationArgs, url: string, method: string): string[] {
  const value = readProperty(props, method);
  const isSet = isGiven(value) && value !== "";
  if (value === NOT_KNOWN) return [`${method}: ${shown(value)}`];
  if (!isSet) return readProperty(props, url) ? [`${method}: is not set, and Twilio would keep its present value`] : [];
  const problem = typeof value === "string" ? webhookMethodProblem(value) : "is not a text";
  return problem === undefined ? [] : [`${method}: ${shown(value)}, which ${problem}`];
}

/** An ignored property keeps the value in the state, whatever the program declares. */
function ignoredProblems({ opts }: ResourceValidationArgs, properties: readonly string[]): string[] {
  const ignored = properties.filter((property) =>
    opts.ignoreChanges.map(plainPath).some((path) => path === "*" || path === property),
  );
  return ignored.map(
    (property) => `${property}: is in ignoreChanges, so a wrong value would stay; remove it from that list`,
  );
}

/** A property path can also be written `["voiceUrl"]` (https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/). */
function plainPath(path: string): string {
  return path.replace(/^\["([^"]*)"\]$/, "$1");
}
