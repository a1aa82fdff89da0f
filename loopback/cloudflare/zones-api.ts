/**
 * The API for zones.
 * Source: https://developers.cloudflare.com/api/resources/zones/methods/list/
 */
import { Hono } from "hono";
import { successPage } from "./errors.ts";
import type { CloudflareState } from "./state.ts";

/** The routes under `/zones`: the list of zones, with its filter by name. */
export function zonesApi(state: CloudflareState): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const { name, ...query } = c.req.query();
    return successPage(name === undefined || name === state.zone.name ? [zoneJson(state)] : [], query, 20);
  });
  return app;
}

/** The time of all events of the zone's life. */
const CREATED_AT = "2026-01-01T00:00:00.000000Z";

function zoneJson({ zone, accountId }: CloudflareState) {
  return {
    ...zone,
    ...{ status: "active", type: "full", paused: false, development_mode: 0 },
    ...{
      account: { id: accountId, name: "loopback" },
      owner: { id: accountId, name: "loopback", type: "organization" },
    },
    ...{ name_servers: ["ns1.loopback.example", "ns2.loopback.example"] },
    ...{ original_name_servers: null, original_registrar: null, original_dnshost: null },
    ...{ created_on: CREATED_AT, modified_on: CREATED_AT, activated_on: CREATED_AT },
    meta: { step: 4, custom_certificate_quota: 0, page_rule_quota: 3, phishing_detected: false },
    permissions: ["#zone:read"],
    plan: {
      id: "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
      name: "Free Website",
      price: 0,
      currency: "USD",
      is_subscribed: true,
    },
  };
}
