import * as pulumi from "@pulumi/pulumi";
import { packageReference } from "./package-reference.ts";
import { isResourceOfType, type LookupOptions, requireInputs } from "./resource.ts";

/**
 * An A2P 10DLC campaign, registered for a Messaging Service with the carriers.
 *
 * Danger: creating it submits the campaign to the carriers, with fees; **destroying it deletes the campaign**, and a replacement does
 * both. While 10DLC is denied, create nothing of this type; import an approved campaign.
 *
 * Import ID: `<messagingServiceSid>/<sid>`.
 * @see https://www.twilio.com/docs/messaging/api/usapptoperson-resource
 * @see https://www.twilio.com/docs/messaging/compliance/a2p-10dlc
 */
export class MessagingServicesComplianceUsa2pV1 extends pulumi.CustomResource {
  /** The type's token, which identifies it to policies and to the engine. */
  static readonly __pulumiType = "twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1";

  declare readonly ageGated: pulumi.Output<boolean>;
  declare readonly brandRegistrationSid: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly directLending: pulumi.Output<boolean>;
  declare readonly hasEmbeddedLinks: pulumi.Output<boolean>;
  declare readonly hasEmbeddedPhone: pulumi.Output<boolean>;
  declare readonly helpKeywords: pulumi.Output<string[]>;
  declare readonly helpMessage: pulumi.Output<string>;
  declare readonly messageFlow: pulumi.Output<string>;
  declare readonly messageSamples: pulumi.Output<string[]>;
  declare readonly messagingServiceSid: pulumi.Output<string>;
  declare readonly messagingServicesComplianceUsa2pV1Id: pulumi.Output<string>;
  declare readonly optInKeywords: pulumi.Output<string[]>;
  declare readonly optInMessage: pulumi.Output<string>;
  declare readonly optOutKeywords: pulumi.Output<string[]>;
  declare readonly optOutMessage: pulumi.Output<string>;
  /** The SID (`QE…`) of the campaign. */
  declare readonly sid: pulumi.Output<string>;
  declare readonly subscriberOptIn: pulumi.Output<boolean>;
  declare readonly usAppToPersonUsecase: pulumi.Output<string>;

  /** Submits the campaign to the carriers. */
  constructor(name: string, args: MessagingServicesComplianceUsa2pV1Args, opts?: pulumi.CustomResourceOptions);
  /** Reads an existing campaign. */
  constructor(name: string, state: MessagingServicesComplianceUsa2pV1State | undefined, opts: LookupOptions);
  constructor(
    name: string,
    state: MessagingServicesComplianceUsa2pV1State = {},
    opts: pulumi.CustomResourceOptions = {},
  ) {
    requireInputs(
      state,
      [
        "brandRegistrationSid",
        "description",
        "hasEmbeddedLinks",
        "hasEmbeddedPhone",
        "messageFlow",
        "messageSamples",
        "messagingServiceSid",
        "usAppToPersonUsecase",
      ],
      opts,
    );
    const properties: Record<keyof MessagingServicesComplianceUsa2pV1State, unknown> = {
      ageGated: state.ageGated,
      brandRegistrationSid: state.brandRegistrationSid,
      description: state.description,
      directLending: state.directLending,
      hasEmbeddedLinks: state.hasEmbeddedLinks,
      hasEmbeddedPhone: state.hasEmbeddedPhone,
      helpKeywords: state.helpKeywords,
      helpMessage: state.helpMessage,
      messageFlow: state.messageFlow,
      messageSamples: state.messageSamples,
      messagingServiceSid: state.messagingServiceSid,
      messagingServicesComplianceUsa2pV1Id: state.messagingServicesComplianceUsa2pV1Id,
      optInKeywords: state.optInKeywords,
      optInMessage: state.optInMessage,
      optOutKeywords: state.optOutKeywords,
      optOutMessage: state.optOutMessage,
      sid: state.sid,
      subscriberOptIn: state.subscriberOptIn,
      usAppToPersonUsecase: state.usAppToPersonUsecase,
    };
    super(MessagingServicesComplianceUsa2pV1.__pulumiType, name, properties, opts, false, packageReference());
  }

  /** Reads an existing campaign by its ID, `<messagingServiceSid>/<sid>`, without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: MessagingServicesComplianceUsa2pV1State,
    opts?: pulumi.CustomResourceOptions,
  ): MessagingServicesComplianceUsa2pV1 {
    return new MessagingServicesComplianceUsa2pV1(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, from any copy of the SDK. */
  static override isInstance(value: unknown): value is MessagingServicesComplianceUsa2pV1 {
    return isResourceOfType(value, MessagingServicesComplianceUsa2pV1.__pulumiType);
  }
}

/** The inputs of a campaign's registration. The lengths are Twilio's limits. */
export interface MessagingServicesComplianceUsa2pV1Args {
  /** Whether the content is for adults only, behind an age gate. */
  ageGated?: pulumi.Input<boolean | undefined>;
  /**
   * The SID (`BN…`) of the A2P brand that sends.
   * Danger: a change **replaces** the resource: it deletes the campaign and submits another.
   */
  brandRegistrationSid: pulumi.Input<string>;
  /** The description of the campaign, 40 to 4,096 characters. */
  description: pulumi.Input<string>;
  /** Whether the campaign is about direct lending. */
  directLending?: pulumi.Input<boolean | undefined>;
  /** Whether its messages contain links. */
  hasEmbeddedLinks: pulumi.Input<boolean>;
  /** Whether its messages contain phone numbers. */
  hasEmbeddedPhone: pulumi.Input<boolean>;
  /**
   * Words that ask for help. Required if Twilio does not manage help for you.
   * Danger: a change **replaces** the resource: it deletes the campaign and submits another.
   */
  helpKeywords?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * The reply to a help word, 20 to 320 characters. Required if Twilio does not manage help for you.
   * Danger: a change **replaces** the resource: it deletes the campaign and submits another.
   */
  helpMessage?: pulumi.Input<string | undefined>;
  /** How people consent to the messages, with every way to opt in, 40 to 2,048 characters. */
  messageFlow: pulumi.Input<string>;
  /** Two to five sample messages of 20 to 1,024 characters. */
  messageSamples: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The SID (`MG…`) of the service whose numbers send under the campaign.
   * Danger: a change does not replace the resource; the provider requests this campaign under the other service.
   */
  messagingServiceSid: pulumi.Input<string>;
  /** Terraform's `id`, renamed by the bridge. The provider sets it: leave it out. */
  messagingServicesComplianceUsa2pV1Id?: pulumi.Input<string | undefined>;
  /**
   * Words that start the messages. Required if people can opt in by text.
   * Danger: a change **replaces** the resource: it deletes the campaign and submits another.
   */
  optInKeywords?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * The reply to an opt-in word, 20 to 320 characters. Required if people can opt in by text.
   * Danger: a change **replaces** the resource: it deletes the campaign and submits another.
   */
  optInMessage?: pulumi.Input<string | undefined>;
  /**
   * Words that stop the messages. Required if Twilio does not manage opt-out for you.
   * Danger: a change **replaces** the resource: it deletes the campaign and submits another.
   */
  optOutKeywords?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * The reply to an opt-out word, 20 to 320 characters. Required if Twilio does not manage opt-out for you.
   * Danger: a change **replaces** the resource: it deletes the campaign and submits another.
   */
  optOutMessage?: pulumi.Input<string | undefined>;
  /**
   * Whether subscribers opt in.
   * Danger: a change **replaces** the resource: it deletes the campaign and submits another.
   */
  subscriberOptIn?: pulumi.Input<boolean | undefined>;
  /**
   * The kind of campaign, such as `2FA`, `MARKETING` or `LOW_VOLUME`.
   * Danger: a change **replaces** the resource: it deletes the campaign and submits another.
   */
  usAppToPersonUsecase: pulumi.Input<string>;
}

/** The state that a lookup of {@link MessagingServicesComplianceUsa2pV1} may pass. */
export interface MessagingServicesComplianceUsa2pV1State extends Partial<MessagingServicesComplianceUsa2pV1Args> {
  /** The SID (`QE…`) of the campaign. */
  sid?: pulumi.Input<string | undefined>;
}
