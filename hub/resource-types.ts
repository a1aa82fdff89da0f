/**
 * Which resource types may pass while A2P 10DLC is unapproved. It goes by the type and not by values, which a preview may not know yet, and
 * it is a list of what may pass: a type that nobody thought of does not. Source: the domain document, "Compliance Alert".
 */
import type { TendlcGate } from "./tendlc.ts";

/** The Twilio phone number: it receives, and sends nothing by itself. */
export const PHONE_NUMBER_TYPE = "twilio:index/apiAccountsIncomingPhoneNumbers:ApiAccountsIncomingPhoneNumbers";

/** The hub's own components. */
export const COMPONENT_TYPES = {
  hub: "hub:index:TwilioHub",
  tunnel: "hub:index:Tunnel",
  numbers: "hub:index:Numbers",
  secrets: "hub:index:Secrets",
  deployment: "hub:index:Deployment",
} as const;

const ALLOWED_TYPES: ReadonlySet<string> = new Set([
  ...Object.values(COMPONENT_TYPES),
  PHONE_NUMBER_TYPE,
  "command:local:Command",
]);

/** Cloudflare's types, and Pulumi's own: the stack and the providers. `pulumi-nodejs` (dynamic resources) runs any code and is not among them. */
const ALLOWED_PACKAGES: readonly string[] = ["cloudflare", "pulumi"];

/** What of Cloudflare's runs code of its own: Workers, Pages, snippets and workflows. */
const CLOUDFLARE_CODE = /^cloudflare:index\/(worker|pages[A-Z]|snippet|workflow)/;

const DANGERS: readonly (readonly [RegExp, string])[] = [
  [CLOUDFLARE_CODE, "it runs code of its own, which can send texts"],
  [/usa2p|usapptoperson|campaign/i, "it registers or ends an A2P campaign with the carriers"],
  [/brand/i, "it registers a brand for A2P campaigns"],
  [/tollfreeverification/i, "it puts a toll-free sender before the carriers"],
  [/messagingservices?phonenumber|alphasender|shortcode|channelsender/i, "it adds a sender to a messaging service"],
  [/messagingservice/i, "a messaging service carries campaign texts"],
  [/message|sms|mms/i, "creating it sends a text"],
  [/conversations?/i, "a conversation sends texts to its participants"],
  [/notify/i, "Notify sends texts to its bindings"],
  [/studio|flow/i, "a Studio flow can send texts"],
  [/verify|verification/i, "Verify sends codes by text"],
  [/serverless|function/i, "it runs code of its own, which can send texts"],
  [/dynamic/i, "a dynamic resource runs any code, which can send texts"],
];

/**
 * Why a resource type may not pass, or undefined where it may.
 *
 * @param type the resource's type token, like `twilio:index/apiAccountsMessages:ApiAccountsMessages`
 */
export function blockedTypeReason(type: string, gate: TendlcGate): string | undefined {
  if (gate.open || isHarmlessType(type)) return undefined;
  const danger = DANGERS.find(([pattern]) => pattern.test(type))?.[1] ?? "it is not known to be unable to send a text";
  return (
    `${type} is blocked while A2P 10DLC is unapproved (${gate.reasons.join("; ")}): ${danger}. ` +
    "It passes once hub:tendlc holds a whole approval (domain document, Compliance Alert: B14, B14a sign-off)."
  );
}

/** Whether a type cannot text, whatever its values and the gate. */
export function isHarmlessType(type: string): boolean {
  const [packageName = ""] = type.split(":");
  return ALLOWED_TYPES.has(type) || (ALLOWED_PACKAGES.includes(packageName) && !CLOUDFLARE_CODE.test(type));
}
