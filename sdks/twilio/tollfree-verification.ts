import * as pulumi from "@pulumi/pulumi";
import { packageReference } from "./package-reference.ts";
import { isResourceOfType, type LookupOptions, requireInputs } from "./resource.ts";

/**
 * The request to verify a toll-free number for texts. Texts from an unverified number are blocked (30032).
 *
 * Danger: creating it submits the business's details for review; destroying it deletes the request. A rejected request can be edited if the
 * reason for the rejection allows it. After the create, the provider posts everything again in an update: a create that failed may have been
 * submitted.
 *
 * Import ID: the verification's SID (`HH…`).
 * @see https://www.twilio.com/docs/messaging/api/tollfree-verification-resource
 * @see https://www.twilio.com/docs/sms/compliance/toll-free/api-onboarding
 */
export class MessagingTollfreeVerificationsV1 extends pulumi.CustomResource {
  /** The type's token, which identifies it to policies and to the engine. */
  static readonly __pulumiType = "twilio:index/messagingTollfreeVerificationsV1:MessagingTollfreeVerificationsV1";

  declare readonly additionalInformation: pulumi.Output<string>;
  declare readonly businessCity: pulumi.Output<string>;
  declare readonly businessContactEmail: pulumi.Output<string>;
  declare readonly businessContactFirstName: pulumi.Output<string>;
  declare readonly businessContactLastName: pulumi.Output<string>;
  declare readonly businessContactPhone: pulumi.Output<string>;
  declare readonly businessCountry: pulumi.Output<string>;
  declare readonly businessName: pulumi.Output<string>;
  declare readonly businessPostalCode: pulumi.Output<string>;
  declare readonly businessStateProvinceRegion: pulumi.Output<string>;
  declare readonly businessStreetAddress: pulumi.Output<string>;
  declare readonly businessStreetAddress2: pulumi.Output<string>;
  declare readonly businessWebsite: pulumi.Output<string>;
  declare readonly customerProfileSid: pulumi.Output<string>;
  declare readonly editReason: pulumi.Output<string>;
  declare readonly externalReferenceId: pulumi.Output<string>;
  declare readonly messageVolume: pulumi.Output<string>;
  declare readonly messagingTollfreeVerificationsV1Id: pulumi.Output<string>;
  declare readonly notificationEmail: pulumi.Output<string>;
  declare readonly optInImageUrls: pulumi.Output<string[]>;
  declare readonly optInType: pulumi.Output<string>;
  declare readonly productionMessageSample: pulumi.Output<string>;
  /** The SID (`HH…`) of the verification. */
  declare readonly sid: pulumi.Output<string>;
  declare readonly tollfreePhoneNumberSid: pulumi.Output<string>;
  declare readonly useCaseCategories: pulumi.Output<string[]>;
  declare readonly useCaseSummary: pulumi.Output<string>;

  /** Submits the request. */
  constructor(name: string, args: MessagingTollfreeVerificationsV1Args, opts?: pulumi.CustomResourceOptions);
  /** Reads an existing request. */
  constructor(name: string, state: MessagingTollfreeVerificationsV1State | undefined, opts: LookupOptions);
  constructor(
    name: string,
    state: MessagingTollfreeVerificationsV1State = {},
    opts: pulumi.CustomResourceOptions = {},
  ) {
    requireInputs(
      state,
      [
        "businessName",
        "businessWebsite",
        "messageVolume",
        "notificationEmail",
        "optInImageUrls",
        "optInType",
        "productionMessageSample",
        "tollfreePhoneNumberSid",
        "useCaseCategories",
        "useCaseSummary",
      ],
      opts,
    );
    const properties: Record<keyof MessagingTollfreeVerificationsV1State, unknown> = {
      additionalInformation: state.additionalInformation,
      businessCity: state.businessCity,
      businessContactEmail: state.businessContactEmail,
      businessContactFirstName: state.businessContactFirstName,
      businessContactLastName: state.businessContactLastName,
      businessContactPhone: state.businessContactPhone,
      businessCountry: state.businessCountry,
      businessName: state.businessName,
      businessPostalCode: state.businessPostalCode,
      businessStateProvinceRegion: state.businessStateProvinceRegion,
      businessStreetAddress: state.businessStreetAddress,
      businessStreetAddress2: state.businessStreetAddress2,
      businessWebsite: state.businessWebsite,
      customerProfileSid: state.customerProfileSid,
      editReason: state.editReason,
      externalReferenceId: state.externalReferenceId,
      messageVolume: state.messageVolume,
      messagingTollfreeVerificationsV1Id: state.messagingTollfreeVerificationsV1Id,
      notificationEmail: state.notificationEmail,
      optInImageUrls: state.optInImageUrls,
      optInType: state.optInType,
      productionMessageSample: state.productionMessageSample,
      sid: state.sid,
      tollfreePhoneNumberSid: state.tollfreePhoneNumberSid,
      useCaseCategories: state.useCaseCategories,
      useCaseSummary: state.useCaseSummary,
    };
    super(MessagingTollfreeVerificationsV1.__pulumiType, name, properties, opts, false, packageReference());
  }

  /** Reads an existing request by its SID (`HH…`), without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: MessagingTollfreeVerificationsV1State,
    opts?: pulumi.CustomResourceOptions,
  ): MessagingTollfreeVerificationsV1 {
    return new MessagingTollfreeVerificationsV1(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, from any copy of the SDK. */
  static override isInstance(value: unknown): value is MessagingTollfreeVerificationsV1 {
    return isResourceOfType(value, MessagingTollfreeVerificationsV1.__pulumiType);
  }
}

/**
 * The details for the reviewers. Those of the contact are personal data, and the state holds them in plain text unless they are passed as secrets.
 */
export interface MessagingTollfreeVerificationsV1Args {
  /** Anything else the reviewers should know. */
  additionalInformation?: pulumi.Input<string | undefined>;
  /** The city of the business. */
  businessCity?: pulumi.Input<string | undefined>;
  /** The contact's email address. */
  businessContactEmail?: pulumi.Input<string | undefined>;
  /** The contact's first name. */
  businessContactFirstName?: pulumi.Input<string | undefined>;
  /** The contact's last name. */
  businessContactLastName?: pulumi.Input<string | undefined>;
  /** The contact's phone number in E.164 form. */
  businessContactPhone?: pulumi.Input<string | undefined>;
  /** The country of the business. */
  businessCountry?: pulumi.Input<string | undefined>;
  /** The name of the business that uses the number. */
  businessName: pulumi.Input<string>;
  /** The postal code of the business. */
  businessPostalCode?: pulumi.Input<string | undefined>;
  /** The state, province or region of the business. */
  businessStateProvinceRegion?: pulumi.Input<string | undefined>;
  /** The street address of the business. */
  businessStreetAddress?: pulumi.Input<string | undefined>;
  /** The second line of the business's street address. */
  businessStreetAddress2?: pulumi.Input<string | undefined>;
  /** The website of the business. The reviewers look at it: it must be up. */
  businessWebsite: pulumi.Input<string>;
  /** The SID (`BU…`) of the customer profile. Danger: a change **replaces** the request: the review starts again. */
  customerProfileSid?: pulumi.Input<string | undefined>;
  /** The reason for a change after a rejection, such as "Website fixed". */
  editReason?: pulumi.Input<string | undefined>;
  /** Your own ID, returned with the status. Danger: a change **replaces** the request: the review starts again. */
  externalReferenceId?: pulumi.Input<string | undefined>;
  /** The estimated number of messages a month, as a string. */
  messageVolume: pulumi.Input<string>;
  /** Terraform's `id`, renamed by the bridge. The provider sets it: leave it out. */
  messagingTollfreeVerificationsV1Id?: pulumi.Input<string | undefined>;
  /** The email address that gets the result. */
  notificationEmail: pulumi.Input<string>;
  /** Public URLs of images that show how people opt in. */
  optInImageUrls: pulumi.Input<pulumi.Input<string>[]>;
  /** How people opt in: `VERBAL`, `WEB_FORM`, `PAPER_FORM`, `VIA_TEXT`, `MOBILE_QR_CODE` or `IMPORT`. */
  optInType: pulumi.Input<string>;
  /** A sample of a message as it is sent. */
  productionMessageSample: pulumi.Input<string>;
  /** The SID (`PN…`) of the toll-free number. Danger: a change **replaces** the request: the review starts again. */
  tollfreePhoneNumberSid: pulumi.Input<string>;
  /** The kinds of messages, as many as apply. */
  useCaseCategories: pulumi.Input<pulumi.Input<string>[]>;
  /** How the business uses messages, in detail. */
  useCaseSummary: pulumi.Input<string>;
}

/** The state that a lookup of {@link MessagingTollfreeVerificationsV1} may pass. */
export interface MessagingTollfreeVerificationsV1State extends Partial<MessagingTollfreeVerificationsV1Args> {
  /** The SID (`HH…`) of the verification. */
  sid?: pulumi.Input<string | undefined>;
}
