import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import { liveTunnel, type RawTunnel } from "../../hub/hosts/live-config.ts";
import { liveTunnelProblem, replacedRules } from "../../hub/hosts/live-tunnel.ts";
import { ruleLine } from "../../hub/hosts/normal-rule.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { mistake } from "../stack/mistake.ts";
import type { TunnelApi } from "./tunnel-api.ts";

/**
 * Checks the tunnel's live config, which an update replaces as a whole. It is read from Cloudflare itself: the provider leaves out the parts that it
 * does not know. Rules of the hub that this run changes or removes are listed in a warning.
 *
 * @returns the config that was checked
 * @throws RunError listing everything that is undeclared, or with Cloudflare's answer if the config cannot be read
 */
export async function requireDeclaredIngress(
  manifest: Manifest,
  { tunnelName, originRequest }: HubConfig["cloudflare"],
  api: TunnelApi,
): Promise<RawTunnel> {
  const raw = await api.read().catch((cause: Error) => {
    throw mistake(`the live ingress of the tunnel ${tunnelName} cannot be read: ${cause.message}`);
  });
  const live = liveTunnel(raw);
  const problem = liveTunnelProblem(manifest, originRequest, live);
  if (problem !== undefined) throw mistake(`the tunnel ${tunnelName} ${problem}`);
  const replaced = replacedRules(manifest, live.config.ingresses);
  if (replaced.length > 0) {
    const lines = replaced.map((rule) => `  - ${ruleLine(rule)}`).join("\n");
    pulumi.log.warn(`live rules of the hub on the tunnel ${tunnelName} that this stack replaces:\n${lines}`);
  }
  return raw;
}
