/** The registrations that the manifest approves senders by. Twilio's word is asked for these alone. */
import type { Manifest } from "../../hub/manifest.ts";
import type { SenderRegistration } from "../../hub/registrations/sender-registration.ts";
import type { WordKey } from "./sender-state.ts";

/** The part of the manifest that names registrations. */
export type RegistrationSource = Pick<Manifest, "gates" | "numbers">;

/** The senders that the manifest approves, whatever the day. A manifest without a whole approval has none: Twilio is then not asked. */
export function wantedRegistrations({ gates, numbers }: RegistrationSource): SenderRegistration[] {
  return numbers.flatMap(({ number: sender, sid: numberSid }) => {
    const gate = gates[sender];
    if (gate === undefined || !gate.isWhole || gate.kind === "whatsapp") return [];
    return [{ sender, numberSid, kind: gate.kind, registrationSid: gate.sid }];
  });
}

/** The key of Twilio's word on a sender; undefined if the manifest names no registration of it. */
export function wordKeyOf(source: RegistrationSource, accountSid: string, sender: string): WordKey | undefined {
  const wanted = wantedRegistrations(source).find((registration) => registration.sender === sender);
  return wanted && { registrationSid: wanted.registrationSid, accountSid };
}
