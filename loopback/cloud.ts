/** The loopback cloud: the vendors on 127.0.0.1, with state. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HubConfig } from "../hub/config.ts";
import { type CloudflareApi, startCloudflareApi } from "./cloudflare/api.ts";
import { type Edge, startEdge } from "./edge.ts";
import type { Funnel } from "./funnel.ts";
import { seedCloudflare, seedCredentials, seedFunnel, seedTwilio, seedVault } from "./seed.ts";
import { type TwilioApi, twilioApi } from "./twilio/api.ts";
import { type TwilioDelivery, twilioDelivery } from "./twilio/delivery.ts";
import { startTwilioProxy } from "./twilio/proxy.ts";
import { WEBHOOK_TIMEOUT_MS } from "./twilio/webhook.ts";
import { BIN_FOLDER, type Vault, writeVault } from "./vault.ts";

/** What the cloud is made from. */
export interface LoopbackCloudOptions {
  /** The stack's config: the accounts are seeded from it, and the edge reaches the handler on its port. */
  readonly config: HubConfig;
  /** Further secrets for the vault. One under a reference of the config replaces the made-up one. */
  readonly vault?: Vault;
  /** Where to listen; any free port where none is given. */
  readonly ports?: { readonly cloudflare?: number; readonly twilioProxy?: number; readonly edge?: number };
  /** How long Twilio waits for a webhook's answer, if not as long as the real one. */
  readonly webhookTimeoutMs?: number;
}

/** The running cloud. */
export interface LoopbackCloud extends TwilioDelivery {
  readonly twilio: TwilioApi;
  readonly cloudflare: CloudflareApi;
  readonly edge: Edge;
  readonly funnel: Funnel;
  /** What goes into `hub:endpoints`. */
  readonly endpoints: { readonly cloudflare: string; readonly twilioProxy: string };
  /** The vault's file, for `LOOPBACK_OP_VAULT`. */
  readonly vaultFile: string;
  /** The folder with the stand-in `op`, for PATH. */
  readonly binFolder: string;
  /** The certificate of the Twilio proxy's authority, for `SSL_CERT_FILE` and `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  /** Ends every server and connection, and removes the files. */
  close(): Promise<void>;
}

/**
 * Starts the vendors, seeded from a config.
 *
 * @throws Error where a port is taken; nothing is left running then
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

async function start(
  { config, vault, ports = {}, webhookTimeoutMs = WEBHOOK_TIMEOUT_MS }: LoopbackCloudOptions,
  onClose: (end: () => Promise<void>) => void,
): Promise<Omit<LoopbackCloud, "close">> {
  const credentials = seedCredentials(config, vault);
  const twilio = twilioApi(seedTwilio(config, credentials));
  const funnel = seedFunnel(config);
  const cloudflare = await startCloudflareApi(seedCloudflare(config, credentials), ports.cloudflare);
  onClose(cloudflare.close);
  const proxy = await startTwilioProxy(twilio, ports.twilioProxy);
  onClose(proxy.close);
  const edge = await startEdge(cloudflare.state, funnel, ports.edge);
  onClose(edge.close);
  const folder = await mkdtemp(join(tmpdir(), "loopback-cloud-"));
  onClose(() => rm(folder, { recursive: true }));
  const vaultFile = join(folder, "vault.json");
  const caFile = join(folder, "ca.pem");
  await writeVault(vaultFile, seedVault(config, credentials, vault));
  await writeFile(caFile, proxy.ca);
  const source = { account: twilio.state, edgePort: edge.port, timeoutMs: webhookTimeoutMs };
  return {
    ...twilioDelivery(twilio.state, source),
    twilio,
    cloudflare,
    edge,
    funnel,
    endpoints: { cloudflare: cloudflare.url, twilioProxy: proxy.url },
    vaultFile,
    binFolder: BIN_FOLDER,
    caFile,
  };
}
