/** The state of an account at Twilio. The API changes it, and the events of calls and texts follow it. */
import { WebhooksConfiguration } from "./configuration/state.ts";
import { type IncomingPhoneNumber, incomingPhoneNumber, type NumberSeed } from "./incoming-phone-number.ts";
import type {
  BrandRegistration,
  Campaign,
  MessagingService,
  ServicePhoneNumber,
  TollfreeVerification,
} from "./messaging-records.ts";
import type { CallResource, MessageResource, Recording, Stored } from "./records.ts";

/** An account. Tests read it, and change it to imitate changes by hand. */
export interface TwilioState {
  readonly accountSid: string;
  /** The primary auth token. It signs the webhooks and is the API's password. */
  authToken: string;
  /** The secrets of the API keys by SID (`SK…`). A key that is deleted here is revoked. */
  readonly apiKeys: Map<string, string>;
  /** The Rules, Settings and SharedKeys by which webhooks are signed and sent. */
  readonly webhooks: WebhooksConfiguration;
  /** The account's numbers by SID. */
  readonly numbers: Map<string, IncomingPhoneNumber>;
  /** The SIDs of deleted numbers. Twilio releases them to other customers. */
  readonly released: string[];
  /** Outbound and inbound texts, the oldest first. */
  readonly messages: Stored<MessageResource>[];
  /** Outbound and inbound calls, the oldest first. */
  readonly calls: Stored<CallResource>[];
  /** The recordings by SID, the oldest first. */
  readonly recordings: Map<string, Recording>;
  /** The messaging services by SID. */
  readonly services: Map<string, MessagingService>;
  /** The numbers in the services' sender pools, by the SID of the number. */
  readonly senders: Map<string, ServicePhoneNumber>;
  /** The A2P 10DLC brands by SID. */
  readonly brandRegistrations: Map<string, BrandRegistration>;
  /** The A2P 10DLC campaigns. A deleted one is not among them. */
  readonly campaigns: Campaign[];
  /** The verifications of toll-free numbers by SID. */
  readonly tollfreeVerifications: Map<string, TollfreeVerification>;
}

/** The credentials and numbers of a new account. */
export interface TwilioSeed {
  readonly accountSid: string;
  readonly authToken: string;
  readonly numbers: readonly Omit<NumberSeed, "account_sid">[];
}

/** Makes an account with numbers, and without any call, text or registration. */
export function twilioState({ accountSid, authToken, numbers }: TwilioSeed): TwilioState {
  return {
    accountSid,
    authToken,
    apiKeys: new Map(),
    webhooks: new WebhooksConfiguration(),
    numbers: new Map(numbers.map((seed) => [seed.sid, incomingPhoneNumber({ ...seed, account_sid: accountSid })])),
    released: [],
    messages: [],
    calls: [],
    recordings: new Map(),
    services: new Map(),
    senders: new Map(),
    brandRegistrations: new Map(),
    campaigns: [],
    tollfreeVerifications: new Map(),
  };
}

/** Finds the account's number by its E.164 number; undefined if the account does not have it. */
export function numberOf(state: TwilioState, phoneNumber: string): IncomingPhoneNumber | undefined {
  return [...state.numbers.values()].find((known) => known.phone_number === phoneNumber);
}
