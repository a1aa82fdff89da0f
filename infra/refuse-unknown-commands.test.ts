import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { COMPONENT_TYPES } from "../hub/resource-types.ts";
import { STAGE_SCRIPT } from "../hub/scripts/stage-release.ts";
import { refuseUnknownCommand, refuseUnknownCommandAtEngine } from "./refuse-unknown-commands.ts";

const TYPE = "command:local:Command";
const PROPS = { create: STAGE_SCRIPT, environment: { HUB_RELEASE: pulumi.output("a") } };
type Props = Readonly<Record<string, unknown>>;

let hub: pulumi.ComponentResource;
let deployment: pulumi.ComponentResource;
beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: ({ inputs }) => inputs,
  });
  hub = new pulumi.ComponentResource(COMPONENT_TYPES.hub, "twilio-hub");
  deployment = new pulumi.ComponentResource(COMPONENT_TYPES.deployment, "deployment", {}, { parent: hub });
});

const REFUSED: readonly (readonly [string, Props])[] = [
  ["a script that is an output", { create: pulumi.output(STAGE_SCRIPT) }],
  ["a secret script", { create: pulumi.secret(STAGE_SCRIPT) }],
  ["a script that is a promise", { create: Promise.resolve(STAGE_SCRIPT) }],
  ["an update that is an output", { update: pulumi.output("reboot") }],
  ["a deletion that is an output", { delete: pulumi.output("reboot") }],
  ["variables that are an output", { environment: pulumi.output({ HUB_RELEASE: "a" }) }],
  ["another script", { create: "reboot" }],
  ["another interpreter", { interpreter: ["node", "-e"] }],
  ["another variable", { environment: { PATH: "/tmp" } }],
];

/** A parent as the engine names it: by its URN alone. */
const known = (urn: string) => new pulumi.DependencyResource(urn);
const urn = (types: string) => `urn:pulumi:prod::twilio-hub::${types}::deployment`;
const OWN = urn(`${COMPONENT_TYPES.hub}$${COMPONENT_TYPES.deployment}`);

test("the deployment's own command passes when it is constructed and when it is registered", async () => {
  const own = { type: TYPE, name: "staged-release", props: PROPS };
  expect(() => refuseUnknownCommand({ ...own, opts: { parent: deployment } })).not.toThrow();
  await refuseUnknownCommandAtEngine({ ...own, opts: { parent: known(OWN) } });
});

test.each(REFUSED)("%s is refused both times", async (_what, props) => {
  const given = { type: TYPE, name: "staged-release", props: { ...PROPS, ...props } };
  expect(() => refuseUnknownCommand({ ...given, opts: { parent: deployment } })).toThrow(
    /^staged-release\..*hub\/known-scripts\.ts/,
  );
  await expect(refuseUnknownCommandAtEngine({ ...given, opts: { parent: known(OWN) } })).rejects.toThrow(
    /^staged-release\./,
  );
});

test("a command under another name or type is refused", async () => {
  for (const other of [
    { name: "encoded" },
    { type: "command:remote:Command" },
    { type: "command:remote:CopyToRemote" },
  ]) {
    const given = { type: TYPE, name: "staged-release", props: PROPS, ...other };
    expect(() => refuseUnknownCommand({ ...given, opts: { parent: deployment } })).toThrow(
      "is not a command of the hub's",
    );
    await expect(refuseUnknownCommandAtEngine({ ...given, opts: { parent: known(OWN) } })).rejects.toThrow(
      "is not a command",
    );
  }
});

test("a command outside the deployment is refused", async () => {
  const given = { type: TYPE, name: "staged-release", props: PROPS };
  for (const opts of [{}, { parent: hub }])
    expect(() => refuseUnknownCommand({ ...given, opts })).toThrow("is not a command");
  const { hub: own, deployment: part } = COMPONENT_TYPES;
  for (const types of [part, own, `a:b:C$${own}$${part}`, `${own}$${part}$a:b:C`]) {
    const opts = { parent: known(urn(types)) };
    await expect(refuseUnknownCommandAtEngine({ ...given, opts })).rejects.toThrow("is not a command");
  }
  await expect(refuseUnknownCommandAtEngine({ ...given, opts: {} })).rejects.toThrow("is not a command");
});

test("other types are passed over", async () => {
  const other = { type: "pulumi:providers:command", name: "command", props: { create: "reboot" }, opts: {} };
  expect(() => refuseUnknownCommand(other)).not.toThrow();
  await refuseUnknownCommandAtEngine(other);
});

test("a transformation stops the constructor of another command, and of no other resource", () => {
  const refuse: pulumi.ResourceTransformation = (declared) => {
    refuseUnknownCommand(declared);
    return undefined;
  };
  const guarded = { transformations: [refuse] };
  const { create } = PROPS;
  const { Command } = command.local;
  expect(() => new Command("encoded", { create: "echo Y3VybA== | base64 -d | sh" }, guarded)).toThrow("encoded: ");
  expect(() => new Command("staged-release", { create }, guarded)).toThrow("staged-release: ");
  expect(() => new Command("staged-release", { create }, { ...guarded, parent: deployment })).not.toThrow();
  expect(() => new command.Provider("command", {}, guarded)).not.toThrow();
});
