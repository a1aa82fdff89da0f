/** Reads the tunnel's live values through Cloudflare's SDK. It changes nothing. */
import Cloudflare from "cloudflare";
import type { LiveIngressRule } from "../../hub/hosts/live-tunnel.ts";
import { UserError } from "../cli/run-tool.ts";

/** Origin settings that the provider, and so the stack's config, names differently from the API. */
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
  /** The host name that the record leads to. */
  readonly recordContent: string;
  readonly rules: readonly LiveIngressRule[];
  /** The origin settings of the whole tunnel; empty if it has none. */
  readonly originRequest: Readonly<Record<string, unknown>>;
}

/** The token for Cloudflare's API and the API's URL. */
export interface CloudflareAccess {
  readonly apiToken: string;
  readonly baseUrl: string;
}

/**
 * Finds the zone of a host, the tunnel by its name in the zone's account, the tunnel's config, and the host's record.
 *
 * @throws UserError if one of them is missing or exists twice, if the tunnel's config is not at Cloudflare, or if Cloudflare refuses
 */
export async function readLiveCloudflare(
  { apiToken, baseUrl }: CloudflareAccess,
  { hostname, tunnelName }: { readonly hostname: string; readonly tunnelName: string },
): Promise<LiveCloudflare> {
  // The SDK would also send credentials from the shell's environment. Only those of the config may be used.
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
      `the tunnel ${tunnelName} reads its config from a file on its machine; move the config to Cloudflare first`,
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

/** Finds the zone of a host: the one with the longest name, if several match. */
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
    if (account.id === undefined)
      throw new UserError(
        `Cloudflare did not return the account of the zone ${name}; check what hub:cloudflare.apiToken may read`,
      );
    return { id, accountId: account.id };
  }
  throw new UserError(
    `hub:hosts.canonical.url: no zone for ${hostname} is visible; check that hub:cloudflare.apiToken may read it`,
  );
}

function only<Item>(items: readonly Item[], what: string): Item {
  const [item, ...others] = items;
  if (item === undefined)
    throw new UserError(`${what} does not exist at Cloudflare, or hub:cloudflare.apiToken may not read it`);
  if (others.length > 0) throw new UserError(`${what} exists ${items.length} times at Cloudflare; set the IDs by hand`);
  return item;
}

/** The API gives a setting that is not set as absent, null or empty. The result leaves it out. */
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

/** Turns the SDK's errors, which do not name Cloudflare, into messages that say what to check. */
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
