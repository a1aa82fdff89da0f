/** The checks of a number as it is at Twilio. */
import type * as twilio from "@pulumi/twilio";
import type { HubNumber } from "../../hub/config/keys.ts";
import { fallbackUrlProblem } from "../../hub/urls/fallback-url.ts";
import { isOverriding, OVERRIDES, type Override, overrideRemedy } from "../../hub/urls/overrides.ts";
import type { UrlSource } from "../../hub/urls/urls.ts";
import { mistake } from "../stack/mistake.ts";

const FALLBACKS = ["voiceFallbackUrl", "smsFallbackUrl"] as const;

type LiveNumber = Pick<
  twilio.ApiAccountsIncomingPhoneNumbers,
  "phoneNumber" | Override["property"] | (typeof FALLBACKS)[number]
>;

/**
 * Stops the run if a SID belongs to another number than the config says.
 *
 * @param key the config key of the SID
 * @throws RunError naming the key and both numbers
 */
export function requireNumber({ phoneNumber }: LiveNumber, { number, sid }: HubNumber, key: string): void {
  phoneNumber.apply((live) => {
    if (live === number) return;
    throw mistake(`${key}: ${sid} is the number ${live}, not ${number}; fix the SID or the number`);
  });
}

/**
 * Stops the run if a setting that overrides the number's URLs was made by hand, or a fallback URL that the handler does not answer. The engine
 * does not count such a difference as a change: the property is optional and computed, so leaving it out agrees with any value.
 *
 * @throws RunError naming the number and the setting
 */
export function refuseOverrides(live: LiveNumber, number: string, manifest: UrlSource): void {
  const refuse = (problem: string, remedy: string) => {
    throw mistake(`${number}: ${problem}. In the Twilio console (Phone Numbers, ${number}), ${remedy}`);
  };
  // Each alone: in a preview a property that Twilio does not fill is unknown, and a combined check would not run.
  for (const override of OVERRIDES) {
    live[override.property].apply((value) => {
      if (!isOverriding(override, value)) return;
      const { property, effect } = override;
      refuse(`${property} ${value} is set and overrides the webhook URLs: ${effect}`, overrideRemedy(override));
    });
  }
  for (const name of FALLBACKS) {
    live[name].apply((url) => {
      const problem = url ? fallbackUrlProblem(manifest, name, url) : undefined;
      if (problem !== undefined) refuse(`${name} "${url}" ${problem}`, "clear it");
    });
  }
}
