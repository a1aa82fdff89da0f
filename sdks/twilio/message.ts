import * as pulumi from "@pulumi/pulumi";
import { packageReference } from "./package-reference.ts";
import { isResourceOfType, type LookupOptions, requireInputs } from "./resource.ts";

/**
 * An outbound text.
 *
 * Danger: **creating it sends the text**, at a risk of up to $1,500 each while 10DLC is denied. A change of anything but `body`, `status` and
 * `pathAccountSid` replaces it, so it is sent again. After the create, the provider posts `body` in an update, which Twilio accepts only if it is
 * empty (30400): a create that failed may have sent the text. Deleting the resource deletes Twilio's record but recalls nothing.
 *
 * Import ID: the message's SID (`SM…` or `MM…`).
 * @see https://www.twilio.com/docs/messaging/api/message-resource
 * @see https://www.twilio.com/docs/errors/30400
 */
export class ApiAccountsMessages extends pulumi.CustomResource {
  /** The type's token, which identifies it to policies and to the engine. */
  static readonly __pulumiType = "twilio:index/apiAccountsMessages:ApiAccountsMessages";

  declare readonly addressRetention: pulumi.Output<string>;
  declare readonly apiAccountsMessagesId: pulumi.Output<string>;
  declare readonly applicationSid: pulumi.Output<string>;
  declare readonly attempt: pulumi.Output<number>;
  declare readonly body: pulumi.Output<string>;
  declare readonly contentRetention: pulumi.Output<string>;
  declare readonly contentSid: pulumi.Output<string>;
  declare readonly contentVariables: pulumi.Output<string>;
  declare readonly forceDelivery: pulumi.Output<boolean>;
  declare readonly from: pulumi.Output<string>;
  declare readonly maxPrice: pulumi.Output<number>;
  declare readonly mediaUrls: pulumi.Output<string[]>;
  declare readonly messagingServiceSid: pulumi.Output<string>;
  declare readonly pathAccountSid: pulumi.Output<string>;
  declare readonly persistentActions: pulumi.Output<string[]>;
  declare readonly provideFeedback: pulumi.Output<boolean>;
  declare readonly riskCheck: pulumi.Output<string>;
  declare readonly scheduleType: pulumi.Output<string>;
  declare readonly sendAsMms: pulumi.Output<boolean>;
  declare readonly sendAt: pulumi.Output<string>;
  declare readonly shortenUrls: pulumi.Output<boolean>;
  /** The SID (`SM…` or `MM…`) of the message. */
  declare readonly sid: pulumi.Output<string>;
  declare readonly smartEncoded: pulumi.Output<boolean>;
  declare readonly status: pulumi.Output<string>;
  declare readonly statusCallback: pulumi.Output<string>;
  declare readonly to: pulumi.Output<string>;
  declare readonly validityPeriod: pulumi.Output<number>;

  /** Sends the text. */
  constructor(name: string, args: ApiAccountsMessagesArgs, opts?: pulumi.CustomResourceOptions);
  /** Reads an existing message; nothing is sent. */
  constructor(name: string, state: ApiAccountsMessagesState | undefined, opts: LookupOptions);
  constructor(name: string, state: ApiAccountsMessagesState = {}, opts: pulumi.CustomResourceOptions = {}) {
    requireInputs(state, ["to"], opts);
    const properties: Record<keyof ApiAccountsMessagesState, unknown> = {
      addressRetention: state.addressRetention,
      apiAccountsMessagesId: state.apiAccountsMessagesId,
      applicationSid: state.applicationSid,
      attempt: state.attempt,
      body: state.body,
      contentRetention: state.contentRetention,
      contentSid: state.contentSid,
      contentVariables: state.contentVariables,
      forceDelivery: state.forceDelivery,
      from: state.from,
      maxPrice: state.maxPrice,
      mediaUrls: state.mediaUrls,
      messagingServiceSid: state.messagingServiceSid,
      pathAccountSid: state.pathAccountSid,
      persistentActions: state.persistentActions,
      provideFeedback: state.provideFeedback,
      riskCheck: state.riskCheck,
      scheduleType: state.scheduleType,
      sendAsMms: state.sendAsMms,
      sendAt: state.sendAt,
      shortenUrls: state.shortenUrls,
      sid: state.sid,
      smartEncoded: state.smartEncoded,
      status: state.status,
      statusCallback: state.statusCallback,
      to: state.to,
      validityPeriod: state.validityPeriod,
    };
    super(ApiAccountsMessages.__pulumiType, name, properties, opts, false, packageReference());
  }

  /** Reads an existing message by its SID, without managing it; nothing is sent. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ApiAccountsMessagesState,
    opts?: pulumi.CustomResourceOptions,
  ): ApiAccountsMessages {
    return new ApiAccountsMessages(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, from any copy of the SDK. */
  static override isInstance(value: unknown): value is ApiAccountsMessages {
    return isResourceOfType(value, ApiAccountsMessages.__pulumiType);
  }
}

/** The inputs of a text. A change of any of them sends again, unless its own line says otherwise. */
export interface ApiAccountsMessagesArgs {
  /** Whether Twilio keeps the recipient's number: `retain` or `obfuscate`. */
  addressRetention?: pulumi.Input<string | undefined>;
  /** Terraform's `id`, renamed by the bridge. The provider sets it: leave it out. */
  apiAccountsMessagesId?: pulumi.Input<string | undefined>;
  /** The SID (`AP…`) of the TwiML application whose callback gets the status. Ignored when `statusCallback` is set. */
  applicationSid?: pulumi.Input<string | undefined>;
  /** The number of attempts to send the message over any provider, including this one. */
  attempt?: pulumi.Input<number | undefined>;
  /**
   * The text, up to 1,600 characters; above 160 GSM-7 or 70 UCS-2 characters it is split into segments, each charged.
   * Danger: a change is an update in place, and Twilio accepts only "", which redacts the stored text.
   */
  body?: pulumi.Input<string | undefined>;
  /** Whether Twilio keeps the text: `retain` or `discard`. */
  contentRetention?: pulumi.Input<string | undefined>;
  /** The SID (`HX…`) of the content template to send. */
  contentSid?: pulumi.Input<string | undefined>;
  /** Values for the template's variables, as a JSON object. Needs `contentSid`; a variable that is left out gets the template's default. */
  contentVariables?: pulumi.Input<string | undefined>;
  /** Reserved by Twilio. */
  forceDelivery?: pulumi.Input<boolean | undefined>;
  /**
   * The sender: a number, short code, alphanumeric ID or channel address of the account. May be left out with `messagingServiceSid`.
   * Danger: carriers block an unregistered 10DLC sender (30034) and an unverified toll-free one (30032).
   */
  from?: pulumi.Input<string | undefined>;
  /** Without effect since 2024-06-03. Danger: it does not cap what a text costs. */
  maxPrice?: pulumi.Input<number | undefined>;
  /** URLs of up to ten media files, which make the message an MMS. */
  mediaUrls?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** The SID (`MG…`) of the Messaging Service that sends. Without `from`, Twilio picks a sender from its pool. */
  messagingServiceSid?: pulumi.Input<string | undefined>;
  /** The account (`AC…`) whose URL path the requests use. Default: the provider's account. A change does not send again. */
  pathAccountSid?: pulumi.Input<string | undefined>;
  /** Rich actions for channels other than SMS and MMS, such as a location on WhatsApp. */
  persistentActions?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** Whether you will confirm delivery to Twilio through the feedback resource. Default: false. */
  provideFeedback?: pulumi.Input<boolean | undefined>;
  /** Whether Twilio checks the message for fraud: `enable` or `disable`. Danger: `disable` skips that protection. */
  riskCheck?: pulumi.Input<string | undefined>;
  /** `fixed` sends at `sendAt` instead of at once. Needs `messagingServiceSid`. */
  scheduleType?: pulumi.Input<string | undefined>;
  /** Whether to send a single MMS, with or without media. */
  sendAsMms?: pulumi.Input<boolean | undefined>;
  /** When a scheduled message is sent, in ISO 8601. */
  sendAt?: pulumi.Input<string | undefined>;
  /** Whether links in `body` are shortened. Default: false. Needs a `messagingServiceSid` with link shortening. */
  shortenUrls?: pulumi.Input<boolean | undefined>;
  /** Whether Unicode characters are replaced by similar GSM-7 ones, which makes fewer segments. */
  smartEncoded?: pulumi.Input<boolean | undefined>;
  /** Setting `canceled` cancels a scheduled message. A change is an update in place. Danger: a sent message cannot be cancelled. */
  status?: pulumi.Input<string | undefined>;
  /** The URL that gets each status of the message, in place of the Messaging Service's. Twilio signs the request over it. */
  statusCallback?: pulumi.Input<string | undefined>;
  /** The recipient: a number in E.164 form or a channel address such as `whatsapp:+15552229999`. */
  to: pulumi.Input<string>;
  /** How long the message may wait to be sent before it is dropped, in seconds, 1 to 36000. Default: 36000. */
  validityPeriod?: pulumi.Input<number | undefined>;
}

/** The state that a lookup of {@link ApiAccountsMessages} may pass. */
export interface ApiAccountsMessagesState extends Partial<ApiAccountsMessagesArgs> {
  /** The SID (`SM…` or `MM…`) of the message. */
  sid?: pulumi.Input<string | undefined>;
}
