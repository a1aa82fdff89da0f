import * as pulumi from "@pulumi/pulumi";
import { packageReference } from "./package-reference.ts";
import { isResourceOfType, type LookupOptions } from "./resource.ts";

/**
 * A Twilio phone number, and the URLs that its calls and texts go to.
 *
 * Danger: creating it without `import` buys a number; deleting it **releases** the number, and so does a replacement. Import it,
 * `protect` it and retain it on delete. An update posts every known field, not only the changed ones; the read does not handle a 404.
 *
 * Import ID: the number's SID (`PN…`).
 * @see https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
 * @see https://www.twilio.com/docs/usage/webhooks/webhooks-security
 */
export class ApiAccountsIncomingPhoneNumbers extends pulumi.CustomResource {
  /** The type's token, which identifies it to policies and to the engine. */
  static readonly __pulumiType = "twilio:index/apiAccountsIncomingPhoneNumbers:ApiAccountsIncomingPhoneNumbers";

  declare readonly accountSid: pulumi.Output<string>;
  declare readonly addressSid: pulumi.Output<string>;
  declare readonly apiAccountsIncomingPhoneNumbersId: pulumi.Output<string>;
  declare readonly apiVersion: pulumi.Output<string>;
  declare readonly areaCode: pulumi.Output<string>;
  declare readonly bundleSid: pulumi.Output<string>;
  declare readonly emergencyAddressSid: pulumi.Output<string>;
  declare readonly emergencyStatus: pulumi.Output<string>;
  declare readonly friendlyName: pulumi.Output<string>;
  declare readonly identitySid: pulumi.Output<string>;
  declare readonly pathAccountSid: pulumi.Output<string>;
  declare readonly phoneNumber: pulumi.Output<string>;
  /** The SID (`PN…`) of the number. */
  declare readonly sid: pulumi.Output<string>;
  declare readonly smsApplicationSid: pulumi.Output<string>;
  declare readonly smsFallbackMethod: pulumi.Output<string>;
  declare readonly smsFallbackUrl: pulumi.Output<string>;
  declare readonly smsMethod: pulumi.Output<string>;
  declare readonly smsUrl: pulumi.Output<string>;
  declare readonly statusCallback: pulumi.Output<string>;
  declare readonly statusCallbackMethod: pulumi.Output<string>;
  declare readonly trunkSid: pulumi.Output<string>;
  declare readonly voiceApplicationSid: pulumi.Output<string>;
  declare readonly voiceCallerIdLookup: pulumi.Output<boolean>;
  declare readonly voiceFallbackMethod: pulumi.Output<string>;
  declare readonly voiceFallbackUrl: pulumi.Output<string>;
  declare readonly voiceMethod: pulumi.Output<string>;
  declare readonly voiceReceiveMode: pulumi.Output<string>;
  declare readonly voiceUrl: pulumi.Output<string>;

  /** Buys the number, or adopts it if `opts.import` is given. */
  constructor(name: string, args?: ApiAccountsIncomingPhoneNumbersArgs, opts?: pulumi.CustomResourceOptions);
  /** Reads an existing number. */
  constructor(name: string, state: ApiAccountsIncomingPhoneNumbersState | undefined, opts: LookupOptions);
  constructor(name: string, state: ApiAccountsIncomingPhoneNumbersState = {}, opts: pulumi.CustomResourceOptions = {}) {
    const properties: Record<keyof ApiAccountsIncomingPhoneNumbersState, unknown> = {
      accountSid: state.accountSid,
      addressSid: state.addressSid,
      apiAccountsIncomingPhoneNumbersId: state.apiAccountsIncomingPhoneNumbersId,
      apiVersion: state.apiVersion,
      areaCode: state.areaCode,
      bundleSid: state.bundleSid,
      emergencyAddressSid: state.emergencyAddressSid,
      emergencyStatus: state.emergencyStatus,
      friendlyName: state.friendlyName,
      identitySid: state.identitySid,
      pathAccountSid: state.pathAccountSid,
      phoneNumber: state.phoneNumber,
      sid: state.sid,
      smsApplicationSid: state.smsApplicationSid,
      smsFallbackMethod: state.smsFallbackMethod,
      smsFallbackUrl: state.smsFallbackUrl,
      smsMethod: state.smsMethod,
      smsUrl: state.smsUrl,
      statusCallback: state.statusCallback,
      statusCallbackMethod: state.statusCallbackMethod,
      trunkSid: state.trunkSid,
      voiceApplicationSid: state.voiceApplicationSid,
      voiceCallerIdLookup: state.voiceCallerIdLookup,
      voiceFallbackMethod: state.voiceFallbackMethod,
      voiceFallbackUrl: state.voiceFallbackUrl,
      voiceMethod: state.voiceMethod,
      voiceReceiveMode: state.voiceReceiveMode,
      voiceUrl: state.voiceUrl,
    };
    super(ApiAccountsIncomingPhoneNumbers.__pulumiType, name, properties, opts, false, packageReference());
  }

  /** Reads an existing number by its SID (`PN…`), without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ApiAccountsIncomingPhoneNumbersState,
    opts?: pulumi.CustomResourceOptions,
  ): ApiAccountsIncomingPhoneNumbers {
    return new ApiAccountsIncomingPhoneNumbers(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, from any copy of the SDK. */
  static override isInstance(value: unknown): value is ApiAccountsIncomingPhoneNumbers {
    return isResourceOfType(value, ApiAccountsIncomingPhoneNumbers.__pulumiType);
  }
}

/**
 * The inputs of a number. URLs and other values are optional and computed: if one is left out, Twilio keeps its value, and "" does not clear it.
 */
export interface ApiAccountsIncomingPhoneNumbersArgs {
  /** The account (`AC…`) that owns the number. Danger: it is posted with every update, and another account here moves the number there. */
  accountSid?: pulumi.Input<string | undefined>;
  /** The SID (`AD…`) of the address that some countries require for the number. */
  addressSid?: pulumi.Input<string | undefined>;
  /** Terraform's `id`, renamed by the bridge. The provider sets it: leave it out. */
  apiAccountsIncomingPhoneNumbersId?: pulumi.Input<string | undefined>;
  /** The version of the API that starts calls to the number. Default: `2010-04-01`. */
  apiVersion?: pulumi.Input<string | undefined>;
  /**
   * Buys any free number of this US or Canadian area code, in place of `phoneNumber`.
   * Danger: a change **replaces** the resource: it buys another number and releases this one.
   */
  areaCode?: pulumi.Input<string | undefined>;
  /** The SID (`BU…`) of the regulatory bundle that some countries require for the number. */
  bundleSid?: pulumi.Input<string | undefined>;
  /** The SID (`AD…`) of the address that emergency services are given for the number. */
  emergencyAddressSid?: pulumi.Input<string | undefined>;
  /** Whether the number may place emergency calls: `Active` or `Inactive`. */
  emergencyStatus?: pulumi.Input<string | undefined>;
  /** A name for people, up to 64 characters. Default: the number, formatted. */
  friendlyName?: pulumi.Input<string | undefined>;
  /** The SID (`RI…`) of the identity that some countries require for the number. */
  identitySid?: pulumi.Input<string | undefined>;
  /** The account (`AC…`) whose URL path the requests use. Default: the provider's account. */
  pathAccountSid?: pulumi.Input<string | undefined>;
  /**
   * The number in E.164 form.
   * Danger: creating it buys the number; a change **replaces** the resource: it buys the new number and releases this one.
   */
  phoneNumber?: pulumi.Input<string | undefined>;
  /**
   * The SID (`AP…`) of the TwiML application that handles texts.
   * Danger: while it is set Twilio ignores every `sms…Url` of the number.
   */
  smsApplicationSid?: pulumi.Input<string | undefined>;
  /** The HTTP method for `smsFallbackUrl`: `GET` or `POST`. Default: `POST`. */
  smsFallbackMethod?: pulumi.Input<string | undefined>;
  /**
   * Called when fetching or running the TwiML of `smsUrl` fails: the same event, another URL, another signature.
   * Danger: refused without `smsUrl` (21405), and cannot be cleared to "".
   */
  smsFallbackUrl?: pulumi.Input<string | undefined>;
  /** The HTTP method for `smsUrl`: `GET` or `POST`. Default: `POST`. */
  smsMethod?: pulumi.Input<string | undefined>;
  /**
   * Called when a text arrives. Twilio signs the request over this exact URL.
   * Danger: cannot be cleared to "". A Messaging Service that holds the number calls its own webhook instead, unless
   * `useInboundWebhookOnNumber` is set.
   */
  smsUrl?: pulumi.Input<string | undefined>;
  /** Called with the status of the number's calls. Twilio signs the request over this exact URL. Danger: cannot be cleared to "". */
  statusCallback?: pulumi.Input<string | undefined>;
  /** The HTTP method for `statusCallback`: `GET` or `POST`. Default: `POST`. */
  statusCallbackMethod?: pulumi.Input<string | undefined>;
  /**
   * The SID (`TK…`) of the SIP trunk that takes the calls.
   * Danger: it overrides every voice URL and application of the number, and setting it deletes `voiceApplicationSid`.
   */
  trunkSid?: pulumi.Input<string | undefined>;
  /**
   * The SID (`AP…`) of the TwiML application that handles calls.
   * Danger: it overrides every voice URL of the number, and setting it deletes `trunkSid`.
   */
  voiceApplicationSid?: pulumi.Input<string | undefined>;
  /** Whether to look the caller's name up in the CNAM database and post it with the call. Default: false. */
  voiceCallerIdLookup?: pulumi.Input<boolean | undefined>;
  /** The HTTP method for `voiceFallbackUrl`: `GET` or `POST`. Default: `POST`. */
  voiceFallbackMethod?: pulumi.Input<string | undefined>;
  /**
   * Called when fetching or running the TwiML of `voiceUrl` fails: the same event, another URL, another signature.
   * Danger: refused without `voiceUrl` (21405), and cannot be cleared to "".
   */
  voiceFallbackUrl?: pulumi.Input<string | undefined>;
  /** The HTTP method for `voiceUrl`: `GET` or `POST`. Default: `POST`. */
  voiceMethod?: pulumi.Input<string | undefined>;
  /** How an incoming call is taken: as `voice` or as `fax`. */
  voiceReceiveMode?: pulumi.Input<string | undefined>;
  /**
   * Called to answer a call. Twilio signs the request over this exact URL, without its fragment.
   * Danger: cannot be cleared to "", and is not called while `voiceApplicationSid` or `trunkSid` is set.
   */
  voiceUrl?: pulumi.Input<string | undefined>;
}

/** The state that a lookup of {@link ApiAccountsIncomingPhoneNumbers} may pass. */
export interface ApiAccountsIncomingPhoneNumbersState extends Partial<ApiAccountsIncomingPhoneNumbersArgs> {
  /** The SID (`PN…`) of the number. */
  sid?: pulumi.Input<string | undefined>;
}
