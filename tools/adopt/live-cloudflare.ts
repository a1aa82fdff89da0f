/** What Cloudflare has of the tunnel, read through its own SDK. Nothing is changed. */
import Cloudflare from "cloudflare";
import type { LiveIngressRule } from "../../hub/hosts/live-tunnel.ts";
import { UserError } from "../cli/run-tool.ts";

/** What the API's names for some origin settings are in the provider, and so in the stack's config. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  audTag: "audTags",
  matchSNItoHost: "matchSnItoHost",
  noTLSVerify: "noTlsVerify",
};

/** The tunnel, its rules, and the record that leads the canonical host to it. */
export interface LiveCloudflare {
  readonly accountId: string;
  readonly zoneId: string;
  readonly tunnelId: string;
  readonly dnsRecordId: string;
  /** Where the record leads. */
  readonly recordContent: string;
  readonly rules: readonly LiveIngressRule[];
  /** The tunnel-wide origin settings; empty where there are none. */
  readonly originRequest: Readonly<Record<string, unknown>>;
}

/** What opens Cloudflare, and where it is. */
export interface CloudflareAccess {
  readonly apiToken: string;
  readonly baseUrl: string;
}

/**
 * Finds the zone of a host, the tunnel by its name in the zone's account, the tunnel's config and the host's record.
 *
 * @throws UserError where one of them is not there, is there twice, or Cloudflare refuses
 */
export async function readLiveCloudflare(
  { apiToken, baseUrl }: CloudflareAccess,
  { hostname, tunnelName }: { readonly hostname: string; readonly tunnelName: string },
): Promise<LiveCloudflare> {
  // What the shell has for Cloudflare must not go along: the config alone says who asks whom.
  const others = { apiKey: null, apiEmail: null, userServiceKey: null, logLevel: "off" } as const;
  const client = new Cloudflare({ apiToken, baseURL: baseUrl, ...others });
  const zone = await findZone(client, hostname);
  const account = { account_id: zone.accountId };
  const tunnels = await all(
    client.zeroTrust.tunnels.cloudflared.list({ ...account, name: tunnelName, is_deleted: false }),
  );
  const named = tunnels.filter(({ name }) => name === tunnelName).flatMap(({ id }) => id ?? []);
  const tunnelId = only(named, `hub:cloudflare.tunnelName: a tunnel ${tunnelName}`);
  const live = await answered(client.zeroTrust.tunnels.cloudflared.configurations.get(tunnelId, account));
  if (live.source === "local") {
    throw new UserError(
      `the tunnel ${tunnelName} reads its config from a file on its own machine; migrate it to a config at Cloudflare first`,
    );
  }
  const records = await all(client.dns.records.list({ zone_id: zone.id, name: { exact: hostname } }));
  const aliases = records.flatMap((record) => (record.type === "CNAME" ? [record] : []));
  const record = only(aliases, `hub:hosts.canonical.url: a CNAME record of ${hostname}`);
  return {
    ...{ accountId: zone.accountId, zoneId: zone.id, tunnelId },
    ...{ dnsRecordId: record.id, recordContent: record.content ?? "" },
    rules: (live.config?.ingress ?? []).map(toRule),
    originRequest: settingsOf(live.config?.originRequest),
  };
}

/** The zone with the longest name that the host is in. */
async function findZone(
  client: Cloudflare,
  hostname: string,
): Promise<{ readonly id: string; readonly accountId: string }> {
  const labels = hostname.split(".");
  for (const index of labels.keys()) {
    if (index > labels.length - 2) break;
    const name = labels.slice(index).join(".");
    const zones = (await all(client.zones.list({ name }))).filter((zone) => zone.name === name);
    if (zones.length === 0) continue;
    const { id, account } = only(zones, `hub:hosts.canonical.url: a zone ${name}`);
    if (account.id === undefined) throw new UserError(`Cloudflare does not say whose the zone ${name} is`);
    return { id, accountId: account.id };
  }
  throw new UserError(
    `hub:hosts.canonical.url: no zone of ${hostname} is to be seen; look at what hub:cloudflare.apiToken may read`,
  );
}

function only<Item>(items: readonly Item[], what: string): Item {
  const [item, ...others] = items;
  if (item === undefined)
    throw new UserError(`${what} is not at Cloudflare, or hub:cloudflare.apiToken may not read it`);
  if (others.length > 0) throw new UserError(`${what} is at Cloudflare ${items.length} times; set the IDs by hand`);
  return item;
}

/** What is not set may be absent, null, or empty. */
function toRule({ hostname, path, service, originRequest }: LiveIngressRule): LiveIngressRule {
  const settings = settingsOf(originRequest);
  return {
    ...(hostname && { hostname }),
    ...(path && { path }),
    service,
    ...(Object.keys(settings).length > 0 && { originRequest: settings }),
  };
}

function settingsOf(settings: object | null | undefined): Readonly<Record<string, unknown>> {
  const set = Object.entries(settings ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    set.map(([name, value]) => [PROVIDER_NAMES[name] ?? name, isMap(value) ? settingsOf(value) : value]),
  );
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The items of all pages. */
async function all<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const read = async () => {
    const items: Item[] = [];
    for await (const item of pages) items.push(item);
    return items;
  };
  return answered(read());
}

/** The SDK's errors say neither who refused nor what to look at. */
async function answered<Result>(request: Promise<Result>): Promise<Result> {
  return request.catch((cause: unknown) => {
    if (!(cause instanceof Cloudflare.APIError)) throw cause;
    const { status, errors = [] } = cause;
    const reasons = errors.map(({ code, message }) => `${code} ${message}`).join("; ");
    const problem = status === undefined ? "did not answer" : `answered ${status}${reasons && ` (${reasons})`}`;
    const check = status === undefined ? "check the network" : "check hub:cloudflare.apiToken and what it may read";
    throw new UserError(`Cloudflare ${problem}; ${check}`, { cause });
  });
}
