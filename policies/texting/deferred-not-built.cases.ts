import type { PolicyCase } from "../testing/cases.ts";
import { hub, number, stagedRelease } from "../testing/hub.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const DNS = "cloudflare:index/dnsRecord:DnsRecord";

/** The cases of the policy deferred-not-built. */
export const cases: readonly PolicyCase[] = [
  { name: "the hub's own", resources: [hub(), number(), stagedRelease()], violates: undefined },
  { name: "a value that is not known yet", resources: [resource(DNS, { content: UNKNOWN })], violates: undefined },
  {
    name: "a type",
    resources: [resource("livekit:index/room:Room")],
    violates: /^subject\.type: is LiveKit's, which is not built against until nemoclaw-audit-2026-05-03 B10 ships/,
  },
  {
    name: "a name",
    resources: [resource(DNS, {}, { name: "nemoclaw-host" })],
    violates: /^nemoclaw-host\.name: is NemoClaw's/,
  },
  {
    name: "a URL deep in a value",
    resources: [resource(DNS, { a: [{ url: "wss://hub.livekit.cloud" }] })],
    violates: /^subject\.a\[0\]\.url: is LiveKit's/,
  },
  {
    name: "a property whose value is not known yet",
    resources: [resource(DNS, { settings: { livekitUrl: UNKNOWN } })],
    violates: /^subject\.settings\.livekitUrl: is LiveKit's/,
  },
  {
    name: "the config",
    resources: [hub()],
    config: { "openclaw.agents.callRouting": "nemo-claw" },
    violates: /^hub:openclaw\.agents\.callRouting: is NemoClaw's.*; remove it \(docs\/deferred\.md\)$/,
  },
  {
    name: "the config, at a resource that is not the hub's",
    resources: [number()],
    config: { "openclaw.agents.callRouting": "nemo-claw" },
    violates: undefined,
  },
];
