/** Compares a stack's config with the live accounts. */
import { OriginRequest } from "../../hub/config/origin-request.ts";
import { canonicalHostname } from "../../hub/hosts/ingress.ts";
import { setValues } from "../../hub/hosts/normal-rule.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";
import { type Adoptable, keyOf } from "./adoptable.ts";
import { type Comparison, finding, reasonOf } from "./finding.ts";
import type { LiveCloudflare } from "./live-cloudflare.ts";
import { compareSiblings } from "./sibling-rules.ts";

/** The values of the live accounts. */
export interface Live {
  readonly cloudflare: LiveCloudflare;
  /** The SID of each number of the config; undefined if the account does not have the number. */
  readonly numberSids: readonly (string | undefined)[];
}

const IDS = ["accountId", "zoneId", "tunnelId", "dnsRecordId"] as const;

/** Compares a config with the live accounts. A rule of the tunnel that is neither the hub's nor a sibling's is left for a person. */
export function compareLive(config: Adoptable, { cloudflare, numberSids }: Live): Comparison {
  const siblings = compareSiblings(config, cloudflare.rules);
  const settings = compareSettings(config, cloudflare);
  return {
    findings: [
      ...IDS.map((name) => finding(["cloudflare", name], config.cloudflare[name], cloudflare[name])),
      ...settings.findings,
      ...siblings.findings,
      ...numberSids.flatMap((sid, index) =>
        sid === undefined ? [] : [finding(["numbers", index, "sid"], config.numbers[index]?.sid, sid)],
      ),
    ],
    left: [
      ...recordProblems(config, cloudflare),
      ...settings.left,
      ...otherParts(cloudflare),
      ...siblings.left,
      ...numberSids.flatMap((sid, index) =>
        sid === undefined ? [`${keyOf(["numbers", index, "number"])}: the Twilio account has no such number`] : [],
      ),
    ],
  };
}

function compareSettings({ cloudflare }: Adoptable, { originRequest }: LiveCloudflare): Comparison {
  const isEmpty = Object.keys(originRequest).length === 0;
  const { error } = OriginRequest.safeParse(originRequest);
  if (error !== undefined) {
    const text = `the tunnel has origin settings that cannot be declared (${reasonOf(error)}): ${canonicalJson(originRequest)}`;
    return { findings: [], left: [text] };
  }
  if (isEmpty && cloudflare.originRequest === undefined) return { findings: [], left: [] };
  const live = isEmpty ? undefined : originRequest;
  return { findings: [finding(["cloudflare", "originRequest"], cloudflare.originRequest, live)], left: [] };
}

/** The parts of the tunnel's config that the program would stop on, since a write drops them. */
function otherParts({ others }: LiveCloudflare): string[] {
  return Object.entries(setValues(others)).map(
    ([name, value]) =>
      `the tunnel's config has a part that cannot be declared, and an up would drop it: ${name} ${canonicalJson(value)}; move it to a tunnel of its own, or remove it at Cloudflare`,
  );
}

/** Importing a record that leads elsewhere would move the host. */
function recordProblems(config: Adoptable, { tunnelId, recordContent }: LiveCloudflare): string[] {
  if (recordContent === `${tunnelId}.cfargotunnel.com`) return [];
  const host = canonicalHostname(config);
  return [
    `the DNS record of ${host} leads to ${recordContent}, not to the tunnel ${config.cloudflare.tunnelName}; an up would change it`,
  ];
}
