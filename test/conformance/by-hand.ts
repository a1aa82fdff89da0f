/** The edits that were made in the cloud by hand before each recorded run (test/fixtures/recordings/README.md). */
import type { LoopbackCloud } from "../../loopback/cloud.ts";
import type { DnsRecord, IngressRule, Tunnel } from "../../loopback/cloudflare/state.ts";
import type { FaultStatus } from "../../loopback/serving/faults.ts";
import type { IncomingPhoneNumber } from "../../loopback/twilio/incoming-phone-number.ts";

/** The time at which the recorded cloud was seeded. */
const SEEDED = "2026-11-29T18:22:33Z";
const CONFIGURATION = "/configurations";
const PRIMARY = "+19497798471";

type Edit = (cloud: LoopbackCloud) => void;

const EDITS: Readonly<Record<string, Edit>> = {
  "01-first-preview": (cloud) => {
    Object.assign(record(cloud), { created_on: SEEDED, modified_on: SEEDED });
    tunnel(cloud).configuredAt = SEEDED;
  },
  "04-drift-voice-url": (cloud) => Object.assign(number(cloud), { voice_url: "https://elsewhere.example/voice" }),
  "06-voice-application-by-hand": (cloud) =>
    Object.assign(number(cloud), { voice_application_sid: "AP00000000000000000000000000000001" }),
  "07-voice-receive-mode-fax": (cloud) =>
    Object.assign(number(cloud), { voice_application_sid: "", voice_receive_mode: "fax" }),
  "08-dns-comment-and-tags-by-hand": (cloud) => {
    number(cloud).voice_receive_mode = "voice";
    Object.assign(record(cloud), { comment: "edited by hand", tags: ["team:x"] });
  },
  "10-dns-unproxied": (cloud) => Object.assign(record(cloud), { proxied: false }),
  "11-warp-routing-by-hand": (cloud) => {
    record(cloud).proxied = true;
    Object.assign(tunnel(cloud).config, { "warp-routing": { enabled: true } });
  },
  "13-undeclared-rule": (cloud) => {
    Object.assign(tunnel(cloud).config, { "warp-routing": { enabled: false } });
    tunnel(cloud).config.ingress.splice(-1, 0, { hostname: "other.reri.co", service: "http://localhost:9" });
  },
  "14-sibling-origin-request-declared": (cloud) => {
    tunnel(cloud).config.ingress.splice(-2, 1);
    rule(cloud, "^/hubspot/").originRequest = {
      noTLSVerify: true,
      access: { audTag: ["a"], required: true, teamName: "t" },
    };
  },
  "17-twilio-404": failingTwilio(404),
  "18-twilio-401": failingTwilio(401),
  "19-twilio-429": failingTwilio(429),
  "20-twilio-500": failingTwilio(500),
  "21-cloudflare-401": failingCloudflare(401),
  "21-cloudflare-404": failingCloudflare(404),
  "21-cloudflare-429": failingCloudflare(429),
  "21-cloudflare-500": failingCloudflare(500),
};

/** Puts the cloud into the state that a recorded run found. Ends the faults of the run before. */
export function editByHand(cloud: LoopbackCloud, run: string): void {
  cloud.twilio.faults.clear();
  cloud.cloudflare.faults.clear();
  EDITS[run]?.(cloud);
}

function failingTwilio(status: FaultStatus): Edit {
  return (cloud) => cloud.twilio.faults.fail({ status, count: Number.POSITIVE_INFINITY });
}

function failingCloudflare(status: FaultStatus): Edit {
  return (cloud) => cloud.cloudflare.faults.fail({ status, path: CONFIGURATION, count: Number.POSITIVE_INFINITY });
}

function number({ twilio }: LoopbackCloud): IncomingPhoneNumber {
  return only([...twilio.state.numbers.values()].filter(({ phone_number }) => phone_number === PRIMARY));
}

function record({ cloudflare }: LoopbackCloud): DnsRecord {
  return only([...cloudflare.state.records.values()]);
}

function tunnel({ cloudflare }: LoopbackCloud): Tunnel {
  return only([...cloudflare.state.tunnels.values()]);
}

function rule(cloud: LoopbackCloud, path: string): IngressRule {
  return only(tunnel(cloud).config.ingress.filter((found) => found.path === path));
}

function only<Item>(items: readonly Item[]): Item {
  const [item, ...others] = items;
  if (item === undefined || others.length > 0) throw new Error(`expected one item, found ${items.length}`);
  return item;
}
