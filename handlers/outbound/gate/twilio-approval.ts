/** The third approval: Twilio's own word on the sender, of the last hour. The statement that begins a sending asks it once more. */
import type { Pool } from "pg";
import { NO_REGISTRATION, senderReasons } from "../../registrations/sender-state.ts";
import { type RegistrationSource, wordKeyOf } from "../../registrations/wanted.ts";
import type { Approval } from "./approvals.ts";

/** The things that the approval needs. */
export interface TwilioApprovalContext {
  readonly manifest: RegistrationSource;
  readonly pool: Pool;
  readonly accountSid: string;
  /** Resolves when Twilio was first read, or could not be. */
  readonly firstRound: Promise<void>;
}

/** Makes Twilio's approval. It asks the table at every call. */
export function createTwilioApproval({ manifest, pool, accountSid, firstRound }: TwilioApprovalContext): Approval {
  return async (sender) => {
    const key = wordKeyOf(manifest, accountSid, sender);
    if (key === undefined) return [NO_REGISTRATION];
    await firstRound;
    return senderReasons(pool, sender, key);
  };
}
