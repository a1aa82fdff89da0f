import * as pulumi from "@pulumi/pulumi";
import { packageReference } from "./package-reference.ts";
import { isResourceOfType, type LookupOptions, requireInputs } from "./resource.ts";

/**
 * A Messaging Service: a pool of senders with common settings, for which an A2P campaign is registered.
 *
 * Danger: a campaign depends on it. Deleting it also deletes its sender pool; the numbers stay in the account.
 *
 * Import ID: the service's SID (`MG…`).
 * @see https://www.twilio.com/docs/messaging/api/service-resource
 * @see https://www.twilio.com/docs/messaging/services
 */
export class MessagingServicesV1 extends pulumi.CustomResource {
  /** The type's token, which identifies it to policies and to the engine. */
  static readonly __pulumiType = "twilio:index/messagingServicesV1:MessagingServicesV1";

  declare readonly areaCodeGeomatch: pulumi.Output<boolean>;
  declare readonly fallbackMethod: pulumi.Output<string>;
  declare readonly fallbackToLongCode: pulumi.Output<boolean>;
  declare readonly fallbackUrl: pulumi.Output<string>;
  declare readonly friendlyName: pulumi.Output<string>;
  declare readonly inboundMethod: pulumi.Output<string>;
  declare readonly inboundRequestUrl: pulumi.Output<string>;
  declare readonly messagingServicesV1Id: pulumi.Output<string>;
  declare readonly mmsConverter: pulumi.Output<boolean>;
  declare readonly scanMessageContent: pulumi.Output<string>;
  /** The SID (`MG…`) of the service. */
  declare readonly sid: pulumi.Output<string>;
  declare readonly smartEncoding: pulumi.Output<boolean>;
  declare readonly statusCallback: pulumi.Output<string>;
  declare readonly stickySender: pulumi.Output<boolean>;
  declare readonly synchronousValidation: pulumi.Output<boolean>;
  declare readonly useInboundWebhookOnNumber: pulumi.Output<boolean>;
  declare readonly usecase: pulumi.Output<string>;
  declare readonly validityPeriod: pulumi.Output<number>;

  /** Creates the service. */
  constructor(name: string, args: MessagingServicesV1Args, opts?: pulumi.CustomResourceOptions);
  /** Reads an existing service. */
  constructor(name: string, state: MessagingServicesV1State | undefined, opts: LookupOptions);
  constructor(name: string, state: MessagingServicesV1State = {}, opts: pulumi.CustomResourceOptions = {}) {
    requireInputs(state, ["friendlyName"], opts);
    const properties: Record<keyof MessagingServicesV1State, unknown> = {
      areaCodeGeomatch: state.areaCodeGeomatch,
      fallbackMethod: state.fallbackMethod,
      fallbackToLongCode: state.fallbackToLongCode,
      fallbackUrl: state.fallbackUrl,
      friendlyName: state.friendlyName,
      inboundMethod: state.inboundMethod,
      inboundRequestUrl: state.inboundRequestUrl,
      messagingServicesV1Id: state.messagingServicesV1Id,
      mmsConverter: state.mmsConverter,
      scanMessageContent: state.scanMessageContent,
      sid: state.sid,
      smartEncoding: state.smartEncoding,
      statusCallback: state.statusCallback,
      stickySender: state.stickySender,
      synchronousValidation: state.synchronousValidation,
      useInboundWebhookOnNumber: state.useInboundWebhookOnNumber,
      usecase: state.usecase,
      validityPeriod: state.validityPeriod,
    };
    super(MessagingServicesV1.__pulumiType, name, properties, opts, false, packageReference());
  }

  /** Reads an existing service by its SID (`MG…`), without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: MessagingServicesV1State,
    opts?: pulumi.CustomResourceOptions,
  ): MessagingServicesV1 {
    return new MessagingServicesV1(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, from any copy of the SDK. */
  static override isInstance(value: unknown): value is MessagingServicesV1 {
    return isResourceOfType(value, MessagingServicesV1.__pulumiType);
  }
}

/**
 * The inputs of a Messaging Service. All but the name are optional and computed: if one is left out, Twilio keeps its value.
 */
export interface MessagingServicesV1Args {
  /** Whether a sender with the recipient's area code is preferred. */
  areaCodeGeomatch?: pulumi.Input<boolean | undefined>;
  /** The HTTP method for `fallbackUrl`: `GET` or `POST`. */
  fallbackMethod?: pulumi.Input<string | undefined>;
  /** Without effect; it used to send from a long code if a short code failed. */
  fallbackToLongCode?: pulumi.Input<boolean | undefined>;
  /** Called when fetching or running the TwiML of `inboundRequestUrl` fails. Danger: cannot be cleared to "". */
  fallbackUrl?: pulumi.Input<string | undefined>;
  /** A name for people, up to 64 characters. */
  friendlyName: pulumi.Input<string>;
  /** The HTTP method for `inboundRequestUrl`: `GET` or `POST`. Default: `POST`. */
  inboundMethod?: pulumi.Input<string | undefined>;
  /**
   * Called when a text arrives at a number of the pool.
   * Danger: it takes the place of the number's `smsUrl` unless `useInboundWebhookOnNumber` is set; without either, inbound texts are
   * lost.
   */
  inboundRequestUrl?: pulumi.Input<string | undefined>;
  /** Terraform's `id`, renamed by the bridge. The provider sets it: leave it out. */
  messagingServicesV1Id?: pulumi.Input<string | undefined>;
  /** Whether an MMS to a network without MMS goes out as a text with a link. */
  mmsConverter?: pulumi.Input<boolean | undefined>;
  /** Reserved by Twilio: `inherit`, `enable` or `disable`. */
  scanMessageContent?: pulumi.Input<string | undefined>;
  /** Whether Unicode characters are replaced by similar GSM-7 ones, which makes fewer segments. */
  smartEncoding?: pulumi.Input<boolean | undefined>;
  /** The URL that gets the delivery status of each message of the service. */
  statusCallback?: pulumi.Input<string | undefined>;
  /** Whether a recipient keeps getting texts from the same sender. */
  stickySender?: pulumi.Input<boolean | undefined>;
  /** Reserved by Twilio. */
  synchronousValidation?: pulumi.Input<boolean | undefined>;
  /**
   * Whether an inbound text goes to the number's own webhook instead of the service's.
   * Danger: turning it off moves the texts of every number in the pool to `inboundRequestUrl`.
   */
  useInboundWebhookOnNumber?: pulumi.Input<boolean | undefined>;
  /** The purpose of the service: `notifications`, `marketing`, `verification`, `discussion`, `poll` or `undeclared`. */
  usecase?: pulumi.Input<string | undefined>;
  /** How long a message may wait to be sent before it is dropped, in seconds, 1 to 36000. Default: 36000. */
  validityPeriod?: pulumi.Input<number | undefined>;
}

/** The state that a lookup of {@link MessagingServicesV1} may pass. */
export interface MessagingServicesV1State extends Partial<MessagingServicesV1Args> {
  /** The SID (`MG…`) of the service. */
  sid?: pulumi.Input<string | undefined>;
}
