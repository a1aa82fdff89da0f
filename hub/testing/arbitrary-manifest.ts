/** Generated manifests for property tests. */
import * as fc from "fast-check";
import { HubConfig } from "../config/config.ts";
import { buildManifest, type Manifest } from "../manifest.ts";
import { continuesWithName } from "../urls/parameter-names.ts";
import type { Route } from "../urls/routes.ts";
import { asPending, TEST_ROUTES } from "./routes.ts";

/** A valid config in the form of the YAML file, for tests that spoil one value of it. */
export function validConfig(): Record<string, unknown> {
  return {
    hosts: {
      canonical: { url: "https://webhook.reri.co" },
      funnel: {
        url: "https://srv1347501.tailb025a7.ts.net",
        mounts: ["/voice", "/sms"],
        prefix: "unprobed",
        registerFallback: true,
      },
    },
    handler: {
      port: 18797,
      adminPort: 18798,
      process: "twilio",
      releases: "releases",
      gateFile: "gate",
      instances: 1,
      memory: "512M",
    },
    environment: {
      DATABASE_URL: "op://Aurora/supabase/database-url",
      OPENCLAW_URL: "http://127.0.0.1:18789",
      OPENCLAW_HOOK_TOKEN: "op://Aurora/openclaw/hook-token",
      OUTBOUND_TOKEN: "op://Aurora/twilio-hub/outbound-token",
      DISCORD_OPS_WEBHOOK: "op://Aurora/discord/ops-webhook",
      SPOOL_FILE: "/var/lib/twilio-hub/spool.sqlite",
      RECORDINGS_FOLDER: "/var/lib/twilio-hub/recordings",
    },
    transport: { kind: "local" },
    outbound: { intervalMs: 1000 },
    numbers: [
      { name: "primary", number: "+19497798471", sid: "PN728d17f512c2e9617cf5a9d8f2d7b784" },
      { name: "toll-free", number: "+18446883807", sid: "PNddaa5f2ef9fba79412e3fb7c06e86b43" },
    ],
    siblings: [
      {
        name: "hubspot",
        port: 18790,
        rules: [{ hostname: "webhook.reri.co", path: "^/hubspot/", service: "http://localhost:18790" }],
      },
    ],
    cloudflare: {
      accountId: "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
      zoneId: "1b2c3d4e5f60718293a4b5c6d7e8f90a",
      tunnelId: "6ff42ae2-765d-4adf-8112-31c55c1551ef",
      tunnelName: "reri-api",
      dnsRecordId: "2c3d4e5f60718293a4b5c6d7e8f90a1b",
      apiToken: "op://Aurora/cloudflare/api-token",
    },
    twilio: { accountSid: "op://Aurora/twilio/account-sid", authToken: "op://Aurora/twilio/auth-token" },
    voice: {
      agent: "+13105550142",
      record: true,
      hours: { timeZone: "America/Los_Angeles", days: ["mon", "fri"], opens: "09:00", closes: "17:30" },
      texts: {
        greeting: "Greeting.",
        reprompt: "Reprompt.",
        connecting: "Connecting.",
        closed: "Closed.",
        unavailable: "Unavailable.",
        farewell: "Farewell.",
        fallback: "Fallback.",
        outbound: "Outbound.",
        recordingNotice: "Recorded.",
      },
    },
    openclaw: { agents: { callRouting: "atlas", textsAndCallbacks: "acquisitions" } },
    owners: ["Henry Hill"],
    tendlc: { status: "denied", plan: "osil-twilio-10dlc-resubmission-2026-05-03", deniedOn: "2026-05-03" },
  };
}

const segment = fc.constantFrom("voice", "sms", "status", "webhook", "v", "voice-x", "fax", "a1");
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.join("/")}`);
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

const hosts = fc.uniqueArray(label, { minLength: 2, maxLength: 2 }).chain(([canonical, funnel]) =>
  fc.record({
    canonical: fc.constant({ url: `https://${canonical}.example.com` }),
    funnel: fc.record({
      url: fc.constant(`https://${funnel}.tail.ts.net`),
      mounts: fc.uniqueArray(path, { minLength: 1, maxLength: 4 }),
      prefix: fc.constantFrom("stripped", "whole", "unprobed"),
      registerFallback: fc.boolean(),
    }),
  }),
);

/** Sibling paths that look like the hub's own, anchored or not, on the hub's host or on another. */
const siblingRules = fc.uniqueArray(fc.record({ path, isAnchored: fc.boolean(), isOnHubHost: fc.boolean() }), {
  maxLength: 3,
  selector: (rule) => rule.path,
});

/** Route tables with the real events and roles at other paths. Aliases are routed or not. */
function tablesAt(paths: fc.Arbitrary<string[]>): fc.Arbitrary<Route[]> {
  return fc
    .tuple(paths, fc.array(fc.boolean(), { minLength: TEST_ROUTES.length, maxLength: TEST_ROUTES.length }))
    .map(([given, pending]) =>
      TEST_ROUTES.map((route, index) => {
        const moved = { ...route, path: given[index] ?? route.path };
        return moved.status === "alias" && pending[index] ? asPending(moved) : moved;
      }),
    );
}

const ALL_ROUTES = { minLength: TEST_ROUTES.length, maxLength: TEST_ROUTES.length };

/** Route tables at any paths. A manifest refuses some of them. */
export const arbitraryTable: fc.Arbitrary<Route[]> = tablesAt(fc.uniqueArray(path, ALL_ROUTES));

/** Route tables that a manifest takes: no path is another one plus text that a parameter's name could begin with. */
const routes = tablesAt(
  fc.uniqueArray(path, {
    ...ALL_ROUTES,
    comparator: (a, b) => a === b || continuesWithName(a, b) || continuesWithName(b, a),
  }),
);

/** A config that registers fallbacks must mount the aliases, or it is refused. */
function withFallbacksCovered<Given extends { funnel: { mounts: string[]; registerFallback: boolean } }>(
  hosts: Given,
  table: readonly Route[],
): Given {
  if (!hosts.funnel.registerFallback) return hosts;
  const aliases = table.filter(({ status }) => status === "alias").map((route) => route.path);
  return { ...hosts, funnel: { ...hosts.funnel, mounts: [...new Set([...hosts.funnel.mounts, ...aliases])] } };
}

/** Any manifest: hosts, mounts, siblings and route tables vary. */
export const arbitraryManifest: fc.Arbitrary<Manifest> = fc.record({ hosts, siblingRules, routes }).map((given) => {
  const hubHost = new URL(given.hosts.canonical.url).hostname;
  const siblings = given.siblingRules.map((rule, index) => ({
    name: `sibling-${index}`,
    port: 20_000 + index,
    rules: [
      {
        hostname: rule.isOnHubHost ? hubHost : "elsewhere.example.com",
        path: `${rule.isAnchored ? "^" : ""}${rule.path}`,
        service: `http://localhost:${20_000 + index}`,
      },
    ],
  }));
  const hosts = withFallbacksCovered(given.hosts, given.routes);
  return buildManifest(HubConfig.parse({ ...validConfig(), hosts, siblings }), given.routes);
});

/** Any absolute path of the same segments, or the root. */
export const arbitraryPath: fc.Arbitrary<string> = fc.oneof(path, fc.constant("/"));

/** Any query as it may arrive, or none. */
export const arbitraryQuery: fc.Arbitrary<string> = fc.constantFrom("", "?turn=1", "?a=%27b'c&&d", "?x=/voice", "??");
