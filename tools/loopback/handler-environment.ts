/** The environment in which a handler runs on a loopback cloud. */
import { delimiter, join } from "node:path";
import type { LoopbackCloud } from "../../loopback/cloud.ts";
import { HELPER_REFERENCES, SEED_BUCKETS } from "../../loopback/seed-helpers.ts";

/** The places where the handler stores webhooks. */
export interface HandlerStorage {
  readonly databaseUrl: string;
  /** A folder for the spool. */
  readonly folder: string;
}

/**
 * Returns the environment of a handler on a loopback cloud: secrets as references into the cloud's vault, and Node's own proxy settings, which lead
 * to the Twilio stand-in (https://nodejs.org/docs/latest-v24.x/api/cli.html#node_use_env_proxy1).
 */
export function handlerEnvironment(
  cloud: LoopbackCloud,
  { databaseUrl, folder }: HandlerStorage,
): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: databaseUrl,
    SPOOL_FILE: join(folder, "spool.sqlite"),
    OPENCLAW_URL: cloud.openclaw.url,
    OPENCLAW_HOOK_TOKEN: HELPER_REFERENCES.hookToken,
    OUTBOUND_TOKEN: HELPER_REFERENCES.outboundToken,
    DISCORD_OPS_WEBHOOK: HELPER_REFERENCES.opsWebhook,
    SUPABASE_URL: cloud.storage.projectUrl,
    SUPABASE_SERVICE_ROLE_KEY: HELPER_REFERENCES.serviceKey,
    RECORDINGS_BUCKET: SEED_BUCKETS[0],
    LOOPBACK_OP_VAULT: cloud.vaultFile,
    PATH: [cloud.binFolder, process.env.PATH ?? ""].join(delimiter),
    NODE_USE_ENV_PROXY: "1",
    HTTPS_PROXY: cloud.endpoints.twilioProxy,
    NO_PROXY: "127.0.0.1",
    NODE_EXTRA_CA_CERTS: cloud.caFile,
  };
}
