/** Reads the tunnel's live values through Cloudflare's SDK. It changes nothing. */
import Cloudflare from "cloudflare";
import { liveTunnel } from "../../hub/hosts/live-config.ts";
import type { NormalRule, Settings } from "../../hub/hosts/normal-rule.ts";
import { answered, type CloudflareAccess, clientOptions } from "../../infra/vendors/cloudflare-api.ts";
import { parseTunnel } from "../../infra/vendors/tunnel-api.ts";
import { UserError } from "../cli/run-tool.ts";

/** The tunnel, its rules, and the record that leads the canonical host to it. */
export interface LiveCloudflare {
  readonly accountId: string;
  readonly zoneId: string;
  readonly tunnelId: string;
  readonly dnsRecordId: string;
  /** The host name that the record leads to. */
  readonly recordContent: string;
  readonly rules: readonly NormalRule[];
  /** The origin settings of the whole tunnel; empty if it has none. */
  readonly originRequest: Settings;
  /** The parts of the tunnel's config that cannot be declared. */
  readonly others?: Settings;
}

/**
 * Finds the zone of a host, the tunnel by its name in the zone's account, the tunnel's config, and the host's record.
 *
 * @throws UserError if one of them is missing or exists twice, if the tunnel's config is not at Cloudflare, or if Cloudflare refuses
 */
export async function readLiveCloudflare(
  access: CloudflareAccess,
  { hostname, tunnelName }: { readonly hostname: string; readonly tunnelName: string },
): Promise<LiveCloudflare> {
  const client = new Cloudflare(clientOptions(access));
  const zone = await findZone(client, hostname);
  const account = { account_id: zone.accountId };
  const tunnels = await all(
    client.zeroTrust.tunnels.cloudflared.list({ ...account, name: tunnelName, is_deleted: false }),
  );
  const named = tunnels.filter(({ name }) => name === tunnelName).flatMap(({ id }) => id ?? []);
  const tunnelId = only(named, `hub:cloudflare.tunnelName: a tunnel ${tunnelName}`);
  const live = liveTunnel(
    parseTunnel(await answered(client.zeroTrust.tunnels.cloudflared.configurations.get(tunnelId, account))),
  );
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
    ...{ rules: live.config.ingresses, originRequest: live.config.originRequest, others: live.config.others },
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

/** The items of all pages. */
async function all<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const read = async () => {
    const items: Item[] = [];
    for await (const item of pages) items.push(item);
    return items;
  };
  return answered(read());
}
