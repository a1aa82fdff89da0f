/** The loopback cloud: stand-ins for all vendors, with state, on 127.0.0.1. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HubConfig } from "../hub/config/config.ts";
import { type CloudflareApi, startCloudflareApi } from "./cloudflare/api.ts";
import { type Discord, startDiscord } from "./discord.ts";
import { type Edge, startEdge } from "./hosts/edge.ts";
import type { Funnel } from "./hosts/funnel.ts";
import { type OpenClaw, startOpenClaw } from "./openclaw.ts";
import { seedCloudflare, seedCredentials, seedFunnel, seedTwilio, seedVault } from "./seed.ts";
import { SEED_BUCKETS, seedHelperSecrets, seedHelperVault } from "./seed-helpers.ts";
import { seedSigning, seedSigningVault } from "./seed-signing.ts";
import { type SupabaseStorage, startSupabaseStorage } from "./supabase/storage.ts";
import { type TwilioApi, twilioApi } from "./twilio/api/api.ts";
import { SHORT_DELAY_MS } from "./twilio/configuration/state.ts";
import { startTwilioProxy } from "./twilio/proxy/proxy.ts";
import { type AccountEvents, accountEvents } from "./twilio/webhooks/account-events.ts";
import { type Carriers, startCarriers } from "./twilio/webhooks/carriers.ts";
import { WEBHOOK_TIMEOUT_MS } from "./twilio/webhooks/webhook.ts";
import { BIN_FOLDER, type Vault, writeVault } from "./vault.ts";

/** The ports of the cloud's servers. */
export interface LoopbackPorts {
  readonly cloudflare?: number;
  readonly twilioProxy?: number;
  readonly edge?: number;
  readonly discord?: number;
  readonly openclaw?: number;
  readonly storage?: number;
}

/** Options of the cloud. */
export interface LoopbackCloudOptions {
  /** The stack's config. The accounts are seeded from it, and the edge reaches the handler at its port. */
  readonly config: HubConfig;
  /**
   * Secrets for the vault. A secret under a reference of the config or of `HELPER_REFERENCES` replaces the made-up one, and its vendor
   * accepts it. The exception is the Discord webhook, which keeps its own URL.
   */
  readonly vault?: Vault;
  /** The ports to listen on. Default: any free ones. */
  readonly ports?: LoopbackPorts;
  /** Twilio's time-out for webhooks, in milliseconds. Default: the real Twilio's. */
  readonly webhookTimeoutMs?: number;
  /** The delay of a change of Twilio's signing Rules, in milliseconds. Default: a short one. */
  readonly signingDelayMs?: number;
}

/** The running cloud. */
export interface LoopbackCloud extends AccountEvents, Carriers {
  readonly twilio: TwilioApi;
  readonly cloudflare: CloudflareApi;
  readonly edge: Edge;
  readonly funnel: Funnel;
  /** The webhook for alerts. The vault has its URL under `op://Aurora/discord/ops-webhook`. */
  readonly discord: Discord;
  /** The OpenClaw gateway. The vault has its hook token under `op://Aurora/openclaw/hook-token`. */
  readonly openclaw: OpenClaw;
  /** Supabase Storage, with the bucket `recordings`. The vault has its service key under `op://Aurora/supabase/service-key`. */
  readonly storage: SupabaseStorage;
  /** The value of `hub:endpoints`. */
  readonly endpoints: { readonly cloudflare: string; readonly twilioProxy: string };
  /** The vault's file, for `LOOPBACK_OP_VAULT`. */
  readonly vaultFile: string;
  /** The folder with the stand-in `op`, for PATH. */
  readonly binFolder: string;
  /** The certificate of the Twilio proxy's authority, for `SSL_CERT_FILE` and `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  /** Closes every server and connection, and removes the files. */
  close(): Promise<void>;
}

/**
 * Starts the vendors, seeded from a config.
 *
 * @throws Error if a port is taken. Nothing is left running then
 */
export async function startLoopbackCloud(options: LoopbackCloudOptions): Promise<LoopbackCloud> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    return { ...(await start(options, (end) => closers.push(end))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type OnClose = (end: () => Promise<void>) => void;

async function start(options: LoopbackCloudOptions, onClose: OnClose): Promise<Omit<LoopbackCloud, "close">> {
  const { config, ports = {}, webhookTimeoutMs = WEBHOOK_TIMEOUT_MS, signingDelayMs = SHORT_DELAY_MS } = options;
  const credentials = seedCredentials(config, options.vault);
  const twilio = twilioApi(seedTwilio(config, credentials));
  twilio.state.webhooks.delayMs = signingDelayMs;
  const funnel = seedFunnel(config);
  const cloudflare = await startCloudflareApi(seedCloudflare(config, credentials), ports.cloudflare);
  onClose(cloudflare.close);
  const carriers = startCarriers(twilio, (sid, report) => events.reportMessageStatus(sid, report));
  onClose(carriers.textsSettled);
  const edge = await startEdge(cloudflare.state, funnel, ports.edge);
  onClose(edge.close);
  const source = { account: twilio.state, edgePort: edge.port, timeoutMs: webhookTimeoutMs };
  const events = accountEvents(twilio.state, source);
  const names = [config.hosts.canonical.url, config.hosts.funnel.url].map((url) => new URL(url).hostname);
  const proxy = await startTwilioProxy(twilio, ports.twilioProxy, { names, edgePort: edge.port });
  onClose(proxy.close);
  const { vault: given, ...helpers } = await startHelpers(options, onClose);
  const vault = seedVault(config, credentials, seedSigningVault(config, given));
  seedSigning(config, vault, twilio.state);
  const files = await writeFiles(vault, proxy.ca, onClose);
  return {
    ...events,
    ...carriers,
    ...helpers,
    ...files,
    twilio,
    cloudflare,
    edge,
    funnel,
    endpoints: { cloudflare: cloudflare.url, twilioProxy: proxy.url },
    binFolder: BIN_FOLDER,
  };
}

/** Starts the vendors behind the handler, and adds their secrets to the given vault. */
async function startHelpers(
  { ports = {}, vault }: LoopbackCloudOptions,
  onClose: OnClose,
): Promise<Pick<LoopbackCloud, "discord" | "openclaw" | "storage"> & { readonly vault: Vault }> {
  const secrets = seedHelperSecrets(vault);
  const discord = await startDiscord(secrets.webhook, ports.discord);
  onClose(discord.close);
  const openclaw = await startOpenClaw(secrets.hookToken, ports.openclaw);
  onClose(openclaw.close);
  const { serviceKey } = secrets;
  const storage = await startSupabaseStorage({ serviceKey, buckets: SEED_BUCKETS }, ports.storage);
  onClose(storage.close);
  return { discord, openclaw, storage, vault: seedHelperVault(secrets, discord.webhookUrl, vault) };
}

async function writeFiles(
  vault: Vault,
  ca: string,
  onClose: OnClose,
): Promise<Pick<LoopbackCloud, "vaultFile" | "caFile">> {
  const folder = await mkdtemp(join(tmpdir(), "loopback-cloud-"));
  onClose(() => rm(folder, { recursive: true }));
  const vaultFile = join(folder, "vault.json");
  const caFile = join(folder, "ca.pem");
  await writeVault(vaultFile, vault);
  await writeFile(caFile, ca);
  return { vaultFile, caFile };
}
