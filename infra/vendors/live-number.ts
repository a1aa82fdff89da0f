/** What the program checks about a number as it is live. */
import type * as twilio from "@pulumi/twilio";
import type { HubNumber } from "../../hub/config/keys.ts";
import { fallbackUrlProblem } from "../../hub/urls/fallback-url.ts";
import type { UrlSource } from "../../hub/urls/urls.ts";
import { mistake } from "../stack/mistake.ts";

/** Settings that take a number's calls or texts elsewhere, whatever its URLs say. */
const OVERRIDES = ["voiceApplicationSid", "smsApplicationSid", "trunkSid"] as const;
const FALLBACKS = ["voiceFallbackUrl", "smsFallbackUrl"] as const;

type LiveNumber = Pick<
  twilio.ApiAccountsIncomingPhoneNumbers,
  "phoneNumber" | (typeof OVERRIDES)[number] | (typeof FALLBACKS)[number]
>;

/**
 * Stops the run where a SID is that of another number than the config says.
 *
 * @param key the config key of the SID
 * @throws RunError naming the key and both numbers
 */
export function requireNumber({ phoneNumber }: LiveNumber, { number, sid }: HubNumber, key: string): void {
  phoneNumber.apply((live) => {
    if (live === number) return;
    throw mistake(`${key}: ${sid} is the number ${live}, and not ${number}; mend the SID or the number`);
  });
}

/**
 * Stops the run where somebody set by hand what overrides a number's URLs, or a fallback URL that the handler does not answer. The engine
 * does not count such a difference as a change: the property is optional and computed, so the program's silence agrees with any value.
 *
 * @throws RunError naming the number and the setting
 */
export function refuseOverrides(live: LiveNumber, number: string, manifest: UrlSource): void {
  const refuse = (problem: string | undefined) => {
    if (problem === undefined) return;
    throw mistake(`${number}: ${problem}. Clear it in the Twilio console (Phone Numbers, ${number})`);
  };
  // One by one: in a preview the engine takes a property that Twilio does not fill for unknown, and would hold the others back with it.
  for (const name of OVERRIDES) {
    live[name].apply((sid) => refuse(sid ? `${name} ${sid} is set and overrides the webhook URLs` : undefined));
  }
  for (const name of FALLBACKS) {
    live[name].apply((url) => refuse(url ? describe(name, url, fallbackUrlProblem(manifest, name, url)) : undefined));
  }
}

function describe(name: string, url: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${name} "${url}" ${problem}`;
}
