import type * as twilio from "@pulumi/twilio";
import type { Manifest } from "../hub/manifest.ts";
import { webhookUrlProblem } from "../hub/webhook-url.ts";
import { mistake } from "./mistake.ts";

/** What of a number's live settings takes its calls or texts elsewhere, though the program does not set it. */
const OVERRIDES = ["voiceApplicationSid", "smsApplicationSid", "trunkSid"] as const;
const FALLBACKS = ["voiceFallbackUrl", "smsFallbackUrl"] as const;

/**
 * Stops the run where somebody set by hand what overrides a number's URLs. The engine does not count such a difference as a change: the
 * property is optional and computed, so the program's silence agrees with any value.
 *
 * @throws RunError naming the number and the setting
 */
export function refuseOverrides(
  manifest: Manifest,
  number: string,
  resource: twilio.ApiAccountsIncomingPhoneNumbers,
): void {
  // One by one: in a preview the engine takes a property that Twilio does not fill for unknown, and would hold the others back with it.
  for (const name of [...OVERRIDES, ...FALLBACKS]) {
    resource[name].apply((value) => {
      const problem = problemOf(manifest, name, value);
      if (problem === undefined) return;
      throw mistake(`${number}: ${problem}. Clear it in the Twilio console (Phone Numbers, ${number})`);
    });
  }
}

function problemOf(manifest: Manifest, name: string, value: string | undefined): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (OVERRIDES.some((override) => override === name)) return `${name} ${value} is set and overrides the webhook URLs`;
  const problem = webhookUrlProblem(manifest, value);
  return problem === undefined ? undefined : `${name} "${value}" ${problem}, so the handler answers it 403`;
}
