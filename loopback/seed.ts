/** The vendors' accounts before the stack, as the business had set them up by hand. All IDs and secrets are made up. */
import { randomBytes } from "node:crypto";
import type { HubConfig } from "../hub/config/config.ts";
import { CATCH_ALL, canonicalHostname, hubService } from "../hub/hosts/ingress.ts";
import { isRouted, ROUTES } from "../hub/urls/routes.ts";
import { type CloudflareState, dnsRecord, type IngressRule } from "./cloudflare/state.ts";
import { Funnel } from "./hosts/funnel.ts";
import { type TwilioState, twilioState } from "./twilio/state.ts";
import { newSid } from "./twilio/values.ts";
import type { Vault } from "./vault.ts";

/** The credentials that the config refers to. */
export interface Credentials {
  readonly accountSid: string;
  readonly authToken: string;
  readonly apiToken: string;
}

/** Makes new credentials, except for those in the vault. */
export function seedCredentials({ twilio, cloudflare }: HubConfig, vault: Vault = {}): Credentials {
  return {
    accountSid: vault[twilio.accountSid] ?? newSid("AC"),
    authToken: vault[twilio.authToken] ?? randomBytes(16).toString("hex"),
    apiToken: vault[cloudflare.apiToken] ?? randomBytes(20).toString("hex"),
  };
}

/** Adds the credentials to a vault, under the config's references. */
export function seedVault({ twilio, cloudflare }: HubConfig, credentials: Credentials, vault: Vault = {}): Vault {
  return {
    ...vault,
    [twilio.accountSid]: credentials.accountSid,
    [twilio.authToken]: credentials.authToken,
    [cloudflare.apiToken]: credentials.apiToken,
  };
}

/** Makes the account with the hub's numbers. Their webhooks are on the canonical host; they have no fallbacks and no status callback. */
export function seedTwilio(config: HubConfig, { accountSid, authToken }: Credentials): TwilioState {
  const origin = config.hosts.canonical.url;
  const numbers = config.numbers.map(({ number, sid }) => ({
    sid,
    phone_number: number,
    friendly_name: friendlyName(number),
    voice_url: `${origin}/voice/webhook`,
    sms_url: `${origin}/sms/webhook`,
  }));
  return twilioState({ accountSid, authToken, numbers });
}

/** Twilio's default name for a number of the US or Canada: its national format. */
function friendlyName(number: string): string {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");
}

/**
 * The account with the tunnel and the canonical host's record. The tunnel's ingress has the siblings' rules and, for the hub, an old rule for
 * each first segment of its routed paths, like `^/voice`.
 */
export function seedCloudflare(config: HubConfig, { apiToken }: Credentials): CloudflareState {
  const { accountId, zoneId, tunnelId, tunnelName, dnsRecordId } = config.cloudflare;
  const name = canonicalHostname(config);
  const now = new Date().toISOString();
  const tunnel = {
    id: tunnelId,
    name: tunnelName,
    createdAt: now,
    config: { ingress: seedIngress(config) },
    version: 1,
    configuredAt: now,
  };
  const content = `${tunnelId}.cfargotunnel.com`;
  return {
    accountId,
    apiToken,
    tunnels: new Map([[tunnelId, tunnel]]),
    zone: { id: zoneId, name: name.split(".").slice(-2).join(".") },
    records: new Map([[dnsRecordId, dnsRecord({ id: dnsRecordId, name, type: "CNAME", content, proxied: true })]]),
  };
}

function seedIngress(config: HubConfig): IngressRule[] {
  const hostname = canonicalHostname(config);
  const service = hubService(config);
  const siblings = config.siblings.flatMap(({ rules }) => rules.map((rule) => ({ ...rule })));
  const segments = new Set(ROUTES.filter(isRouted).map(({ path }) => path.split("/", 2).join("/")));
  const own = [...segments].map((segment) => ({ hostname, path: `^${segment}`, service }));
  return [...own, ...siblings, { ...CATCH_ALL }];
}

/** Makes the funnel with its mounts. An unprobed funnel strips them, as `tailscale funnel --set-path` does with a bare target. */
export function seedFunnel(config: HubConfig): Funnel {
  const { url, mounts, prefix } = config.hosts.funnel;
  return new Funnel(new URL(url).hostname, hubService(config), mounts, prefix === "whole" ? "whole" : "stripped");
}
