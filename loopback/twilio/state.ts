/** What the account at Twilio holds. The API changes it, and calls and texts are placed by what it says. */
import { type IncomingPhoneNumber, incomingPhoneNumber, type NumberSeed } from "./incoming-phone-number.ts";
import type { CallResource, Campaign, MessageResource, MessagingService, Recording, Stored } from "./records.ts";

/** One account. Tests read it, and change it where somebody changes the account by hand. */
export interface TwilioState {
  readonly accountSid: string;
  /** The primary token: it signs the webhooks and opens the API. */
  authToken: string;
  /** The account's numbers by SID. */
  readonly numbers: Map<string, IncomingPhoneNumber>;
  /** The SIDs of the numbers that were deleted, and so released to other customers. */
  readonly released: string[];
  /** Texts in the order in which they came up, inbound ones too. */
  readonly messages: Stored<MessageResource>[];
  /** Calls in the order in which they came up, inbound ones too. */
  readonly calls: Stored<CallResource>[];
  /** The recordings by SID, in the order in which they were made. */
  readonly recordings: Map<string, Recording>;
  readonly services: Map<string, MessagingService>;
  /** The A2P 10DLC campaigns that exist. */
  readonly campaigns: Campaign[];
}

/** What a new account is made of. */
export interface TwilioSeed {
  readonly accountSid: string;
  readonly authToken: string;
  readonly numbers: readonly Omit<NumberSeed, "account_sid">[];
}

/** An account with numbers, without any call or text. */
export function twilioState({ accountSid, authToken, numbers }: TwilioSeed): TwilioState {
  return {
    accountSid,
    authToken,
    numbers: new Map(numbers.map((seed) => [seed.sid, incomingPhoneNumber({ ...seed, account_sid: accountSid })])),
    released: [],
    messages: [],
    calls: [],
    recordings: new Map(),
    services: new Map(),
    campaigns: [],
  };
}

/** The account's number with this E.164 number, or undefined where it has none. */
export function numberOf(state: TwilioState, phoneNumber: string): IncomingPhoneNumber | undefined {
  return [...state.numbers.values()].find((known) => known.phone_number === phoneNumber);
}
