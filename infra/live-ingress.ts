import * as cloudflare from "@pulumi/cloudflare";
import type { HubConfig } from "../hub/config.ts";
import { type LiveIngressRule, originRequestText, undeclaredRules } from "../hub/ingress.ts";
import type { Manifest } from "../hub/manifest.ts";
import { mistake } from "./mistake.ts";

/**
 * Looks at the tunnel's live config, which an update replaces as a whole.
 *
 * @throws RunError listing what is not declared, or saying what Cloudflare answered
 */
export async function requireDeclaredIngress(
  manifest: Manifest,
  { accountId, tunnelId, tunnelName, originRequest }: HubConfig["cloudflare"],
  provider: cloudflare.Provider,
): Promise<void> {
  const live = await cloudflare
    .getZeroTrustTunnelCloudflaredConfig({ accountId, tunnelId }, { provider })
    .catch((cause: Error) => {
      throw mistake(
        `the live ingress of the tunnel ${tunnelName} cannot be read (hub:cloudflare.accountId, tunnelId, apiToken): ${cause.message}`,
      );
    });
  const [settings, declared] = [live.config.originRequest, originRequest].map(originRequestText);
  if (settings !== declared) {
    throw mistake(
      `the tunnel ${tunnelName} has the tunnel-wide origin settings ${settings}, and hub:cloudflare.originRequest declares ${declared}. ` +
        "Every handler on the tunnel has them by default: declare them as they are live, or change them at Cloudflare first",
    );
  }
  const undeclared = undeclaredRules(manifest, live.config.ingresses ?? []);
  if (undeclared.length === 0) return;
  throw mistake(
    `the tunnel ${tunnelName} has live ingress rules that are neither the hub's nor a declared sibling's, and applying this stack would ` +
      `remove them. Declare each under hub:siblings, or remove it from the tunnel:\n${undeclared.map(line).join("\n")}`,
  );
}

function line({ hostname, path, service, originRequest }: LiveIngressRule): string {
  const options = originRequestText(originRequest);
  const settings = options === "{}" ? "" : `, originRequest ${options}`;
  return `  - hostname ${hostname || "(any)"}, path ${path || "(any)"}, service ${service}${settings}`;
}
