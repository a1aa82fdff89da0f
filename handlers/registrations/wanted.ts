/** The registrations that the manifest approves senders by. Twilio's word is asked for these alone. */
import type { Manifest } from "../../hub/manifest.ts";
import type { SenderRegistration } from "../../hub/registrations/sender-registration.ts";
import type { WordKey } from "./sender-state.ts";

/** The part of the manifest that names registrations. */
export type RegistrationSource = Pick<Manifest, "gate" | "numbers">;

/** The senders that the manifest approves, whatever the day. A manifest without a whole approval has none: Twilio is then not asked. */
export function wantedRegistrations({ gate, numbers }: RegistrationSource): SenderRegistration[] {
  if (!gate.isWhole) return [];
  const { campaignSid: registrationSid } = gate;
  return numbers.map(({ number: sender, sid: numberSid }) => ({ sender, numberSid, kind: "local", registrationSid }));
}

/** The key of Twilio's word on a sender; undefined if the manifest names no registration of it. */
export function wordKeyOf(source: RegistrationSource, accountSid: string, sender: string): WordKey | undefined {
  const wanted = wantedRegistrations(source).find((registration) => registration.sender === sender);
  return wanted && { registrationSid: wanted.registrationSid, accountSid };
}
