/** Secrets for the vendors behind the handler. All are made up. */
import { randomBytes } from "node:crypto";
import type { Vault } from "./vault.ts";

/** The secrets of the vendors behind the handler. The cloud does not read their references from the config: they are fixed below. */
export interface HelperSecrets {
  /** The OpenClaw gateway's hook token. */
  readonly hookToken: string;
  /** The token of the handler's outbound endpoint. No vendor knows it: the hub's own clients read it. */
  readonly outboundToken: string;
  /** The service key of the Supabase project. */
  readonly serviceKey: string;
  /** The Discord webhook's ID and token. */
  readonly webhook: { readonly id: string; readonly token: string };
}

/** The references of the secrets in {@link seedHelperVault}. */
export const HELPER_REFERENCES = {
  hookToken: "op://Aurora/openclaw/hook-token",
  outboundToken: "op://Aurora/twilio-hub/outbound-token",
  opsWebhook: "op://Aurora/discord/ops-webhook",
  serviceKey: "op://Aurora/supabase/service-key",
} as const;

/** The buckets of the Supabase project. */
export const SEED_BUCKETS = ["recordings"] as const;

/** Makes new secrets, except for those in the vault. The webhook is always new, because its URL depends on its server. */
export function seedHelperSecrets(vault: Vault = {}): HelperSecrets {
  return {
    hookToken: vault[HELPER_REFERENCES.hookToken] ?? randomBytes(32).toString("hex"),
    outboundToken: vault[HELPER_REFERENCES.outboundToken] ?? randomBytes(32).toString("hex"),
    serviceKey: vault[HELPER_REFERENCES.serviceKey] ?? `sb_secret_${randomBytes(16).toString("hex")}`,
    webhook: { id: String(randomBytes(8).readBigUInt64BE() >> 1n), token: randomBytes(34).toString("base64url") },
  };
}

/**
 * Adds the secrets to a vault. Secrets that it already has are kept.
 *
 * @param opsWebhook the Discord webhook's whole URL
 */
export function seedHelperVault(secrets: HelperSecrets, opsWebhook: string, vault: Vault = {}): Vault {
  return {
    [HELPER_REFERENCES.hookToken]: secrets.hookToken,
    [HELPER_REFERENCES.outboundToken]: secrets.outboundToken,
    [HELPER_REFERENCES.opsWebhook]: opsWebhook,
    [HELPER_REFERENCES.serviceKey]: secrets.serviceKey,
    ...vault,
  };
}
