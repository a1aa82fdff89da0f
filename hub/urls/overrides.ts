/**
 * The settings of a number that take its calls or texts elsewhere, regardless of its URLs. `accountSid`, the address SIDs and the emergency
 * settings do not: they move no webhook. A Messaging Service that holds the number takes its texts too, but that is no property of the number.
 * Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
 */

/** A setting of a number that overrides its URLs. */
export interface Override {
  /** The property of the number's resource. */
  readonly property: "trunkSid" | "voiceApplicationSid" | "voiceReceiveMode" | "smsApplicationSid";
  readonly takes: "calls" | "texts";
  /** The effect of any other value than `off`, for messages. */
  readonly effect: string;
  /** The value with which the URLs count. A property that is missing or empty overrides nothing either. */
  readonly off: string;
}

/** Every setting that overrides a number's URLs. */
export const OVERRIDES: readonly Override[] = [
  { property: "trunkSid", takes: "calls", effect: "a SIP trunk takes the number's calls", off: "" },
  {
    property: "voiceApplicationSid",
    takes: "calls",
    effect: "a TwiML application takes the number's calls",
    off: "",
  },
  {
    property: "voiceReceiveMode",
    takes: "calls",
    effect: "Twilio takes the number's calls as faxes",
    off: "voice",
  },
  {
    property: "smsApplicationSid",
    takes: "texts",
    effect: "a TwiML application takes the number's texts",
    off: "",
  },
];

/** Whether a setting with this value overrides the number's URLs. A value that is not known does. */
export function isOverriding({ off }: Override, value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && value !== off;
}

/** How to turn a setting off, for messages. */
export function overrideRemedy({ off }: Override): string {
  return off === "" ? "clear it" : `set it to "${off}"`;
}
