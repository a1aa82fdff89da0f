import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { canonicalHostname, ingressRules } from "../../hub/hosts/ingress.ts";
import type { RawTunnel } from "../../hub/hosts/live-config.ts";
import type { Manifest } from "../../hub/manifest.ts";
import type { TunnelApi } from "./tunnel-api.ts";
import { tunnelWriteHooks } from "./tunnel-write.ts";

interface TunnelArgs {
  readonly manifest: Manifest;
  readonly account: HubConfig["cloudflare"];
  readonly api: TunnelApi;
  /** The live config that was checked before. */
  readonly checked: RawTunnel;
}

/** The tunnel's ingress and the canonical host's DNS record. The stack refers to the tunnel by its ID and does not own it. */
export class Tunnel extends pulumi.ComponentResource {
  constructor(name: string, { manifest, account, api, checked }: TunnelArgs, options: pulumi.ComponentResourceOptions) {
    super(COMPONENT_TYPES.tunnel, name, {}, options);
    // The sibling handlers share both: losing either takes their hosts down too.
    const kept = { parent: this, protect: true, retainOnDelete: true };
    const hostname = canonicalHostname(manifest);

    new cloudflare.ZeroTrustTunnelCloudflaredConfig(
      "ingress",
      {
        accountId: account.accountId,
        tunnelId: account.tunnelId,
        source: "cloudflare",
        config: {
          ingresses: ingressRules(manifest),
          ...(account.originRequest && { originRequest: account.originRequest }),
        },
      },
      {
        ...kept,
        import: `${account.accountId}/${account.tunnelId}`,
        hooks: tunnelWriteHooks({ api, manifest, checked, account }),
      },
    );
    new cloudflare.DnsRecord(
      "canonical-host",
      {
        zoneId: account.zoneId,
        name: hostname,
        type: "CNAME",
        content: `${account.tunnelId}.cfargotunnel.com`,
        proxied: true,
        // In seconds. 1 means "automatic" at Cloudflare, the only value that a proxied record accepts.
        ttl: 1,
      },
      { ...kept, import: `${account.zoneId}/${account.dnsRecordId}` },
    );
    this.registerOutputs({ hostname });
  }
}
