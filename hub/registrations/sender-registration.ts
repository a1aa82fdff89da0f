/** The registration of a sender with the carriers, and what Twilio says of it. */
import type { SenderKind } from "../gate/sender-kind.ts";
import type { E164, PhoneNumberSid } from "../values/values.ts";

/** A number that the config approves, with the registration that approves it. */
export interface SenderRegistration {
  readonly sender: E164;
  readonly numberSid: PhoneNumberSid;
  /** `local`: an A2P 10DLC campaign. `toll-free`: a verification. */
  readonly kind: Exclude<SenderKind, "whatsapp">;
  /** The SID of the campaign or of the verification. */
  readonly registrationSid: string;
}

/** Twilio's word on a sender. One that is not verified has a reason at least, in words for people. */
export type TwilioWord =
  | { readonly isVerified: true }
  | { readonly isVerified: false; readonly reasons: readonly string[] };
