import * as pulumi from "@pulumi/pulumi";
import { packageReference } from "./package-reference.ts";
import { isResourceOfType, type LookupOptions, requireInputs } from "./resource.ts";

/**
 * A phone number in the sender pool of a Messaging Service. A number can be in only one service at a time (error 21712).
 *
 * Danger: it gives the service's A2P campaign a sender, and inbound texts of the number go to the service's webhook instead of the
 * number's, unless the service sets `useInboundWebhookOnNumber`. Deleting it removes the number from the pool and keeps the number.
 *
 * Import ID: `<serviceSid>/<sid>`.
 * @see https://www.twilio.com/docs/messaging/api/phonenumber-resource
 * @see https://www.twilio.com/docs/api/errors/21712
 */
export class MessagingServicesPhoneNumbersV1 extends pulumi.CustomResource {
  /** The type's token, which identifies it to policies and to the engine. */
  static readonly __pulumiType = "twilio:index/messagingServicesPhoneNumbersV1:MessagingServicesPhoneNumbersV1";

  declare readonly messagingServicesPhoneNumbersV1Id: pulumi.Output<string>;
  declare readonly phoneNumberSid: pulumi.Output<string>;
  declare readonly serviceSid: pulumi.Output<string>;
  /** The SID (`PN…`) under which the service lists the number. */
  declare readonly sid: pulumi.Output<string>;

  /** Adds the number to the service. */
  constructor(name: string, args: MessagingServicesPhoneNumbersV1Args, opts?: pulumi.CustomResourceOptions);
  /** Reads an existing membership. */
  constructor(name: string, state: MessagingServicesPhoneNumbersV1State | undefined, opts: LookupOptions);
  constructor(name: string, state: MessagingServicesPhoneNumbersV1State = {}, opts: pulumi.CustomResourceOptions = {}) {
    requireInputs(state, ["phoneNumberSid", "serviceSid"], opts);
    const properties: Record<keyof MessagingServicesPhoneNumbersV1State, unknown> = {
      messagingServicesPhoneNumbersV1Id: state.messagingServicesPhoneNumbersV1Id,
      phoneNumberSid: state.phoneNumberSid,
      serviceSid: state.serviceSid,
      sid: state.sid,
    };
    super(MessagingServicesPhoneNumbersV1.__pulumiType, name, properties, opts, false, packageReference());
  }

  /** Reads an existing membership by its ID, `<serviceSid>/<sid>`, without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: MessagingServicesPhoneNumbersV1State,
    opts?: pulumi.CustomResourceOptions,
  ): MessagingServicesPhoneNumbersV1 {
    return new MessagingServicesPhoneNumbersV1(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, from any copy of the SDK. */
  static override isInstance(value: unknown): value is MessagingServicesPhoneNumbersV1 {
    return isResourceOfType(value, MessagingServicesPhoneNumbersV1.__pulumiType);
  }
}

/** The inputs that add a number to a Messaging Service. */
export interface MessagingServicesPhoneNumbersV1Args {
  /** Terraform's `id`, renamed by the bridge. The provider sets it: leave it out. */
  messagingServicesPhoneNumbersV1Id?: pulumi.Input<string | undefined>;
  /** The SID (`PN…`) of the number that joins the pool. A change replaces the membership; the number stays. */
  phoneNumberSid: pulumi.Input<string>;
  /**
   * The SID (`MG…`) of the service whose pool the number joins. A change replaces the membership.
   * Danger: texts of the number are then sent under that service's campaign.
   */
  serviceSid: pulumi.Input<string>;
}

/** The state that a lookup of {@link MessagingServicesPhoneNumbersV1} may pass. */
export interface MessagingServicesPhoneNumbersV1State extends Partial<MessagingServicesPhoneNumbersV1Args> {
  /** The SID (`PN…`) under which the service lists the number. */
  sid?: pulumi.Input<string | undefined>;
}
