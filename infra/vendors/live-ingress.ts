import * as cloudflare from "@pulumi/cloudflare";
import type { HubConfig } from "../../hub/config/config.ts";
import { liveTunnelProblem } from "../../hub/hosts/live-tunnel.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { mistake } from "../stack/mistake.ts";

/**
 * Checks the tunnel's live config, which an update replaces as a whole.
 *
 * @throws RunError listing everything undeclared, or with Cloudflare's answer if the config cannot be read
 */
export async function requireDeclaredIngress(
  manifest: Manifest,
  { accountId, tunnelId, tunnelName, originRequest }: HubConfig["cloudflare"],
  provider: cloudflare.Provider,
): Promise<void> {
  const reading = cloudflare.getZeroTrustTunnelCloudflaredConfig({ accountId, tunnelId }, { provider });
  const live = await reading.catch((cause: Error) => {
    throw mistake(
      `the live ingress of the tunnel ${tunnelName} cannot be read (hub:cloudflare.accountId, tunnelId, apiToken): ${cause.message}`,
    );
  });
  const problem = liveTunnelProblem(manifest, originRequest, live);
  if (problem !== undefined) throw mistake(`the tunnel ${tunnelName} ${problem}`);
}
