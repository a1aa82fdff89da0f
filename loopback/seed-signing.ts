/** The account's signing key and API key before the stack uses them, and their places in the vault. All IDs and secrets are made up. */
import { randomBytes } from "node:crypto";
import type { HubConfig } from "../hub/config/config.ts";
import type { SharedKey } from "./twilio/configuration/resources.ts";
import type { TwilioState } from "./twilio/state.ts";
import { newSid } from "./twilio/values.ts";
import type { Vault } from "./vault.ts";

/** The SharedKey that the account has if the config does not have `hub:signing`. */
export const SEED_SHARED_KEY_ID = "webhooks_sharedkey_01k9x3f8m7q2r5t6v8w0y1z2a3";

/** The references of the secrets of {@link seedSigningVault} if the config does not have `hub:signing`. */
export const SIGNING_REFERENCES = {
  signingKey: "op://Aurora/twilio/signing-key",
  apiKeySid: "op://Aurora/twilio/api-key-sid",
  apiKeySecret: "op://Aurora/twilio/api-key-secret",
  gateFileKey: "op://Aurora/twilio-hub/gate-file-key",
} as const;

type Source = Pick<HubConfig, "signing">;

function references({ signing }: Source) {
  const { signingKey, apiKeySid, apiKeySecret, gateFileKey } = SIGNING_REFERENCES;
  return {
    keys: signing?.keys ?? [{ id: SEED_SHARED_KEY_ID, secret: signingKey }],
    apiKey: signing?.apiKey ?? { sid: apiKeySid, secret: apiKeySecret },
    gateFileKey: signing?.gateFileKey ?? gateFileKey,
  };
}

/** Adds the secrets to a vault, under the references of `hub:signing`. Secrets that it already has are kept. */
export function seedSigningVault(config: Source, vault: Vault = {}): Vault {
  const { keys, apiKey, gateFileKey } = references(config);
  const newSecret = () => randomBytes(32).toString("hex");
  return {
    ...Object.fromEntries(keys.map(({ secret }) => [secret, newSecret()])),
    [apiKey.sid]: newSid("SK"),
    [apiKey.secret]: randomBytes(16).toString("hex"),
    [gateFileKey]: newSecret(),
    ...vault,
  };
}

/**
 * Adds the keys to the account: Twilio accepts the API key, and a Setting may name the signing keys. No Setting and no Rule does yet.
 *
 * @throws Error if the vault does not have a secret of `hub:signing`
 */
export function seedSigning(config: Source, vault: Vault, state: Pick<TwilioState, "apiKeys" | "webhooks">): void {
  const { keys, apiKey } = references(config);
  const secretOf = (reference: string) => {
    const value = vault[reference];
    if (value === undefined) throw new Error(`the vault has no ${reference}`);
    return value;
  };
  state.apiKeys.set(secretOf(apiKey.sid), secretOf(apiKey.secret));
  const at = new Date().toISOString();
  for (const { id, secret } of keys) {
    const key: SharedKey = { id, friendlyName: "", createdAt: at, updatedAt: at, secret: secretOf(secret) };
    state.webhooks.place(({ sharedKeys }) => sharedKeys.set(id, key));
  }
}
