/**
 * The resource types that may pass while a number may not text. The check uses the type and not values, which a preview may not know yet. It
 * is an allow-list, so an unforeseen type does not pass. Source: docs/domain.md#compliance-alert.
 */
import { type SenderGates, shutSenders } from "../gate/gates-on.ts";
import type { SenderKind } from "../gate/sender-kind.ts";

/** The Twilio phone number: it receives, and sends nothing on its own. */
export const PHONE_NUMBER_TYPE = "twilio:index/apiAccountsIncomingPhoneNumbers:ApiAccountsIncomingPhoneNumbers";

/** The tunnel's config: its whole ingress, which the sibling handlers share. */
export const TUNNEL_CONFIG_TYPE = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig";

/** A DNS record. The stack has one, the canonical host's. */
export const DNS_RECORD_TYPE = "cloudflare:index/dnsRecord:DnsRecord";

/** Resources whose loss cannot be undone: deleting a number releases it, and the other two serve every handler on the tunnel. */
export const KEPT_TYPES: readonly string[] = [PHONE_NUMBER_TYPE, TUNNEL_CONFIG_TYPE, DNS_RECORD_TYPE];

/** Cloudflare resources that can filter requests by source address (the policy `no-ip-filter-on-twilio` reads each). */
export const FILTER_TYPES = {
  ruleset: "cloudflare:index/ruleset:Ruleset",
  filter: "cloudflare:index/filter:Filter",
  firewallRule: "cloudflare:index/firewallRule:FirewallRule",
  accessRule: "cloudflare:index/accessRule:AccessRule",
  zoneLockdown: "cloudflare:index/zoneLockdown:ZoneLockdown",
  accessPolicy: "cloudflare:index/zeroTrustAccessPolicy:ZeroTrustAccessPolicy",
  accessApplication: "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication",
} as const;

/** A list at Cloudflare, which rules refer to, and an item of a list. */
export const LIST_TYPE = "cloudflare:index/list:List";
export const LIST_ITEM_TYPE = "cloudflare:index/listItem:ListItem";

/** The hub's own components. */
export const COMPONENT_TYPES = {
  hub: "hub:index:TwilioHub",
  tunnel: "hub:index:Tunnel",
  numbers: "hub:index:Numbers",
  secrets: "hub:index:Secrets",
  deployment: "hub:index:Deployment",
} as const;

/** Complete tokens: a package's name alone proves little, since a program may register any provider under it. */
const ALLOWED_TYPES: ReadonlySet<string> = new Set([
  ...Object.values(COMPONENT_TYPES),
  ...KEPT_TYPES,
  ...Object.values(FILTER_TYPES),
  LIST_TYPE,
  LIST_ITEM_TYPE,
  "command:local:Command",
  "pulumi:pulumi:Stack",
  "pulumi:providers:cloudflare",
  "pulumi:providers:command",
  "pulumi:providers:twilio",
]);

/**
 * The types of a registration itself, or of the service that it needs, by the kind of sender that they are for. Such a resource sends nothing on its own,
 * so the other numbers' gates do not matter to it.
 */
const REGISTRATION_TYPES: ReadonlyMap<string, SenderKind> = new Map([
  ["twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1", "local"],
  ["twilio:index/messagingBrandRegistrationsV1:MessagingBrandRegistrationsV1", "local"],
  ["twilio:index/messagingServicesV1:MessagingServicesV1", "local"],
  ["twilio:index/messagingTollfreeVerificationsV1:MessagingTollfreeVerificationsV1", "toll-free"],
]);

const DANGERS: readonly (readonly [RegExp, string])[] = [
  [/^cloudflare:index\/(worker|pages[A-Z]|snippet|workflow)/, "it runs code of its own, which can send texts"],
  [
    /^cloudflare:index\/(pageRule|loadBalancer|spectrumApplication|customHostname|cloudConnector|record:)/,
    "it can lead Twilio's webhooks to another host, whose TwiML can text",
  ],
  [/usa2p|usapptoperson|a2p|campaign/i, "it registers or ends an A2P campaign with the carriers"],
  [/brand/i, "it registers a brand for A2P campaigns"],
  [/tollfree/i, "it submits a toll-free sender to the carriers"],
  [
    /messagingservices?(phonenumber|destination)|alphasender|shortcode|channelsender/i,
    "it adds a sender to a messaging service",
  ],
  [/messagingservice/i, "a messaging service carries campaign texts"],
  [/email/i, "it sends messages"],
  [/message|messaging|sms|mms|whatsapp/i, "creating it sends a text"],
  [/conversations?|chat|flex|participant/i, "a conversation sends texts to its participants"],
  [/notify|notification|sns|pinpoint/i, "Notify sends texts to its bindings"],
  [/studio|flow/i, "a Studio flow can send texts"],
  [/verify|verification/i, "Verify sends codes by text"],
  [
    /^(pulumi:providers:)?(vonage|nexmo|telnyx|plivo|sinch|bandwidth|messagebird|bird|infobip|clicksend|signalwire|ringcentral)\b/i,
    "its vendor sends texts",
  ],
  [/communication|cognito|contactmethod|contactflow|opsgenie|pagerduty|incident/i, "it can text its contacts"],
  [
    /^(pulumi:providers:)?(restapi|http|null|external|shell|ssh|remote|terraform|ansible|helm|nomad|fly|vercel|netlify|heroku)\b/i,
    "it makes any request or runs any program, which can send texts",
  ],
  [
    /scheduler|eventbridge|pipeline|codebuild|automation|runbook|webhook/i,
    "it makes requests at times of its own, which can send texts",
  ],
  [
    /instance|virtualmachine|droplet|container|cloudrun|apprunner|appservice|webapp|staticsite|ecs|fargate|batch|lightsail|\bpods?\b|statemachine/i,
    "it runs programs of its own, which can send texts",
  ],
  [/serverless|function|lambda|worker|assistant/i, "it runs code of its own, which can send texts"],
  [/trusthub|customerprofile|trustproduct/i, "it submits the business to the carriers for A2P campaigns"],
  [/dynamic|pulumi-(nodejs|python)/i, "a dynamic resource runs any code, which can send texts"],
  [/^command:|^docker|^kubernetes/i, "it runs any command, which can send texts"],
  [/^twilio:/, "it is Twilio's, and every Twilio type but the number counts as able to text"],
];

/** The danger that a type's name shows, or undefined if it shows none. An exception cannot add a dangerous type to the allow-list. */
export function dangerOfType(type: string): string | undefined {
  return ALLOWED_TYPES.has(type) ? undefined : DANGERS.find(([pattern]) => pattern.test(type))?.[1];
}

/**
 * The reason why a resource type may not pass, or undefined if it may. A type that may text passes once every number may text, since its values, which
 * name the number, may be unknown in a preview.
 *
 * @param type the resource's type token, like `twilio:index/apiAccountsMessages:ApiAccountsMessages`
 * @param extraTypes types that the pack's config adds, see `hub/guards/exceptions.ts`
 */
export function blockedTypeReason(
  type: string,
  gates: SenderGates,
  extraTypes: ReadonlySet<string> = new Set(),
): string | undefined {
  if (isHarmlessType(type) || extraTypes.has(type)) return undefined;
  const shut = shutFor(type, gates);
  if (shut === undefined) return undefined;
  const danger = dangerOfType(type);
  const remedy =
    danger === undefined
      ? "Or, if it cannot text, add it with a reason and a last day to `allowedTypes` of hub/guards/exceptions.ts."
      : "No exception is made for it.";
  return (
    `${type} is blocked while ${shut}: ${danger ?? "it is not known to be unable to send a text"}. ` +
    `It passes once hub:tendlc and hub:tollfree approve them (docs/texts.md). ${remedy}`
  );
}

/** The numbers that keep a type from passing and may not text, in words; undefined if there are none. */
function shutFor(type: string, gates: SenderGates): string | undefined {
  const kind = REGISTRATION_TYPES.get(type);
  const concerned = Object.entries(gates).filter(([_sender, gate]) => kind === undefined || gate.kind === kind);
  if (concerned.length === 0) return "the hub has no number that it is for";
  const shut = shutSenders(Object.fromEntries(concerned));
  return shut.length === 0 ? undefined : shut.join(" and ");
}

/** Whether a type cannot text, regardless of its values and of the gate. */
export function isHarmlessType(type: string): boolean {
  return ALLOWED_TYPES.has(type);
}
