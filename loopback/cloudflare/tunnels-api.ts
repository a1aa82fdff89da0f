/**
 * The API for tunnels and their configurations.
 * Source: https://developers.cloudflare.com/api/resources/zero_trust/subresources/tunnels/subresources/cloudflared/
 */
import { Hono } from "hono";
import { z } from "zod";
import { CloudflareError, success, successPage } from "./errors.ts";
import { checkIngress } from "./ingress-check.ts";
import { type CloudflareState, type Tunnel, TunnelConfig } from "./state.ts";

const Update = z.looseObject({ config: TunnelConfig });

/** The routes under `/accounts/<account>/cfd_tunnel`. A PUT replaces the whole config. */
export function tunnelsApi(state: CloudflareState): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const { name, is_deleted: isDeleted, ...query } = c.req.query();
    const isShown = (tunnel: Tunnel) => (name === undefined || tunnel.name === name) && isDeleted !== "true";
    const found = [...state.tunnels.values()].filter(isShown).map((tunnel) => tunnelJson(state, tunnel));
    return successPage(found, query, 20);
  });
  app.get("/:tunnel", (c) => success(tunnelJson(state, existing(state, c.req.param("tunnel")))));
  app.get("/:tunnel/configurations", (c) => success(configJson(state, existing(state, c.req.param("tunnel")))));
  app.put("/:tunnel/configurations", async (c) => {
    const tunnel = existing(state, c.req.param("tunnel"));
    const update = Update.safeParse(await c.req.json());
    if (!update.success) throw new CloudflareError(400, 1056, `Bad Configuration: ${z.prettifyError(update.error)}`);
    checkIngress(update.data.config);
    tunnel.config = update.data.config;
    tunnel.version += 1;
    tunnel.configuredAt = new Date().toISOString();
    return success(configJson(state, tunnel));
  });
  return app;
}

function existing(state: CloudflareState, id: string): Tunnel {
  const tunnel = state.tunnels.get(id);
  if (tunnel === undefined) throw new CloudflareError(404, 1003, "Tunnel not found");
  return tunnel;
}

function tunnelJson(state: CloudflareState, tunnel: Tunnel) {
  return {
    id: tunnel.id,
    account_tag: state.accountId,
    name: tunnel.name,
    created_at: tunnel.createdAt,
    deleted_at: null,
    config_src: "cloudflare",
    remote_config: true,
    tun_type: "cfd_tunnel",
    status: "healthy",
    connections: [],
    conns_active_at: tunnel.createdAt,
    conns_inactive_at: null,
    metadata: {},
  };
}

function configJson(state: CloudflareState, tunnel: Tunnel) {
  return {
    account_id: state.accountId,
    tunnel_id: tunnel.id,
    version: tunnel.version,
    config: { "warp-routing": { enabled: false }, ...tunnel.config },
    source: "cloudflare",
    created_at: tunnel.configuredAt,
  };
}
