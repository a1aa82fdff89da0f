import { manifestDigest } from "../../hub/manifest.ts";
import { manifestWith } from "../../hub/testing/config.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { command, hub, MANIFEST, number, stagedRelease } from "../testing/hub.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const OTHER = `sha256:${"0".repeat(64)}`;
const stack = (props: Readonly<Record<string, unknown>>) => resource("pulumi:pulumi:Stack", props, { name: "stack" });
const given = stack({ manifestDigest: manifestDigest(MANIFEST) });

/** The cases of the policy manifest-agrees. */
export const cases: readonly PolicyCase[] = [
  { name: "one manifest", resources: [given, hub(), stagedRelease(), number()], violates: undefined },
  { name: "a hub without numbers", resources: [stack({}), hub(), stagedRelease()], violates: undefined },
  {
    name: "a digest that only the stack exports",
    resources: [given, hub({}), stagedRelease()],
    violates: undefined,
  },
  {
    name: "a stack that is not the hub's",
    resources: [stack({ manifestDigest: OTHER }), resource("other:index:Type"), command("other", {})],
    violates: undefined,
  },
  {
    name: "the component has another manifest",
    resources: [hub({ manifestDigest: OTHER }), stagedRelease(), number()],
    violates: /^twilio-hub\.manifestDigest: found sha256:0+; expected the digest of the config's manifest, sha256:/,
  },
  {
    name: "the stack has another manifest",
    resources: [stack({ manifestDigest: OTHER }), hub(), stagedRelease()],
    violates: /^stack\.manifestDigest: found sha256:0+/,
  },
  {
    name: "no digest",
    resources: [stack({}), hub({}), stagedRelease()],
    violates: /^manifestDigest: neither the hub nor the stack has this output; export it/,
  },
  {
    name: "the release has another manifest",
    resources: [hub(), stagedRelease({}, { HUB_MANIFEST: OTHER }), number()],
    violates: /^staged-release\.environment\.HUB_MANIFEST: found sha256:0+/,
  },
  {
    name: "the config has another manifest",
    resources: [hub(), stagedRelease()],
    manifest: manifestWith({ "handler.port": 18700 }),
    violates: /^twilio-hub\.manifestDigest: found sha256:/,
  },
  {
    name: "the component's digest is not known yet",
    resources: [hub({ manifestDigest: UNKNOWN }), stagedRelease()],
    violates: /^twilio-hub\.manifestDigest: its value is not known in the preview/,
  },
  {
    name: "the release's digest is not known yet",
    resources: [hub(), stagedRelease({}, { HUB_MANIFEST: UNKNOWN })],
    violates: /^staged-release\.environment\.HUB_MANIFEST: its value is not known/,
  },
  {
    name: "no staged release",
    resources: [hub(), number()],
    violates: /^staged-release: found 0 commands of this name/,
  },
  {
    name: "a command of that name elsewhere",
    resources: [hub(), resource("command:local:Command", {}, { name: "staged-release" })],
    violates: /^staged-release: found 0/,
  },
  {
    name: "numbers without a hub",
    resources: [stagedRelease(), number()],
    violates: /^manifestDigest: neither the hub nor the stack/,
  },
];
