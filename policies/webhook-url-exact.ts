import { type ResourceValidationArgs, type ResourceValidationPolicy, UnknownValueError } from "@pulumi/policy";
import type { Manifest } from "../hub/manifest.ts";
import { PHONE_NUMBER_TYPE } from "../hub/resource-types.ts";
import { registeredUrlProblem, WEBHOOK_PROPERTIES, webhookMethodProblem } from "../hub/webhook-url.ts";

/**
 * Every webhook URL of a number is the manifest's for that property, to the letter, and is called with POST. A value that the preview does not know is
 * a violation too: the hub's URLs come from the manifest and are always known. Satisfied by taking the URL from `registeredUrls`.
 *
 * @param manifest gives the URLs when a resource is looked at
 * @see the domain document, "Failure mode": the registered URL must match exactly, including https:// and no trailing slash
 */
export function webhookUrlExact(manifest: () => Manifest): ResourceValidationPolicy {
  return {
    name: "webhook-url-exact",
    description:
      "Every webhook URL of a number is the manifest's for that property, to the letter, and is called with POST.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (args.type !== PHONE_NUMBER_TYPE) return;
      for (const { url, method } of WEBHOOK_PROPERTIES) {
        check(args, url, (value) => registeredUrlProblem(manifest(), url, value), reportViolation);
        check(args, method, webhookMethodProblem, reportViolation);
      }
    },
  };
}

const UNKNOWN = Symbol("unknown");

function check(
  { name, props }: ResourceValidationArgs,
  property: string,
  problemOf: (value: string) => string | undefined,
  reportViolation: (message: string) => void,
): void {
  const value = read(props, property);
  if (value === undefined || value === "") return;
  const found = value === UNKNOWN ? "its value" : JSON.stringify(value);
  const problem = value === UNKNOWN ? "is not known in the preview" : problemOf(String(value));
  if (problem !== undefined) {
    reportViolation(`${name}.${property}: ${found} ${problem}; take it from the manifest (hub/urls.ts)`);
  }
}

/** An unknown value must not pass unseen: the pack would skip the policy with an advisory note. */
function read(props: ResourceValidationArgs["props"], property: string): unknown {
  try {
    return props[property];
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
}
