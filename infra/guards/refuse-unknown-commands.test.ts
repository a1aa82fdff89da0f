import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { parseConfig } from "../../hub/config/parse.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { KEEP_RUNNING, RESTART_SCRIPT } from "../../hub/scripts/restart.ts";
import { STAGE_SCRIPT } from "../../hub/scripts/stage-release.ts";
import { configWith, gatesWith, SOURCE } from "../../hub/testing/config.ts";
import { refuseUnknownCommand, refuseUnknownCommandAtEngine } from "./refuse-unknown-commands.ts";

const TYPE = "command:local:Command";
const PROPS = { create: STAGE_SCRIPT, environment: { HUB_RELEASE: pulumi.output("a") } };
const AUTHORISATION = { release: `sha256:${"a".repeat(64)}`, by: "Henry Hill", on: "2026-11-20" };
const contextOf = (authorisation: object = AUTHORISATION) => ({
  config: parseConfig(configWith({ authorisation }), SOURCE),
  ...{ gates: gatesWith(), today: "2026-11-20" },
});
const CONTEXT = contextOf();
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

/** A parent in the form of the engine: only its URN. */
const known = (urn: string) => new pulumi.DependencyResource(urn);
const urn = (types: string) => `urn:pulumi:prod::twilio-hub::${types}::deployment`;
const OWN = urn(`${COMPONENT_TYPES.hub}$${COMPONENT_TYPES.deployment}`);

test("the deployment's own command passes when it is constructed and when it is registered", async () => {
  const own = { type: TYPE, name: "staged-release", props: PROPS };
  expect(() => refuseUnknownCommand({ ...own, opts: { parent: deployment } }, CONTEXT)).not.toThrow();
  await refuseUnknownCommandAtEngine({ ...own, opts: { parent: known(OWN) } }, CONTEXT);
});

test.each(REFUSED)("%s is refused both at construction and at registration", async (_what, props) => {
  const given = { type: TYPE, name: "staged-release", props: { ...PROPS, ...props } };
  expect(() => refuseUnknownCommand({ ...given, opts: { parent: deployment } }, CONTEXT)).toThrow(
    /^staged-release\..*hub\/guards\/commands\/known-scripts\.ts/,
  );
  await expect(refuseUnknownCommandAtEngine({ ...given, opts: { parent: known(OWN) } }, CONTEXT)).rejects.toThrow(
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
    expect(() => refuseUnknownCommand({ ...given, opts: { parent: deployment } }, CONTEXT)).toThrow(
      "is not a command of the hub's",
    );
    await expect(refuseUnknownCommandAtEngine({ ...given, opts: { parent: known(OWN) } }, CONTEXT)).rejects.toThrow(
      "is not a command",
    );
  }
});

test("a command outside the deployment is refused", async () => {
  const given = { type: TYPE, name: "staged-release", props: PROPS };
  for (const opts of [{}, { parent: hub }])
    expect(() => refuseUnknownCommand({ ...given, opts }, CONTEXT)).toThrow("is not a command");
  const { hub: own, deployment: part } = COMPONENT_TYPES;
  for (const types of [part, own, `a:b:C$${own}$${part}`, `${own}$${part}$a:b:C`]) {
    const opts = { parent: known(urn(types)) };
    await expect(refuseUnknownCommandAtEngine({ ...given, opts }, CONTEXT)).rejects.toThrow("is not a command");
  }
  await expect(refuseUnknownCommandAtEngine({ ...given, opts: {} }, CONTEXT)).rejects.toThrow("is not a command");
});

test("a restart is the one of hub:authorisation, by an owner and of the hub's process", async () => {
  const environment = {
    ...{ HUB_AUTHORISED_BY: "Henry Hill", HUB_AUTHORISED_ON: "2026-11-20", HUB_PROCESS: "twilio" },
    ...{ HUB_RELEASE: "a".repeat(64), HUB_RELEASES: "releases" },
  };
  const restart = (variables: Props) => ({
    ...{ type: TYPE, name: "restart" },
    props: { create: RESTART_SCRIPT, update: KEEP_RUNNING, environment: { ...environment, ...variables } },
  });
  const refused = [
    { variables: { HUB_PROCESS: "salesmsg" }, context: CONTEXT },
    { variables: { HUB_AUTHORISED_BY: pulumi.output("Henry Hill") }, context: CONTEXT },
    { variables: { HUB_AUTHORISED_BY: "Ray" }, context: contextOf({ ...AUTHORISATION, by: "Ray" }) },
  ];
  expect(() => refuseUnknownCommand({ ...restart({}), opts: { parent: deployment } }, CONTEXT)).not.toThrow();
  for (const { variables, context } of refused) {
    const given = restart(variables);
    expect(() => refuseUnknownCommand({ ...given, opts: { parent: deployment } }, context)).toThrow(
      /^restart\.environment/,
    );
    const atEngine = refuseUnknownCommandAtEngine({ ...given, opts: { parent: known(OWN) } }, context);
    await expect(atEngine).rejects.toThrow(/^restart\.environment/);
  }
});

test("other types are ignored", async () => {
  const other = { type: "pulumi:providers:command", name: "command", props: { create: "reboot" }, opts: {} };
  expect(() => refuseUnknownCommand(other, CONTEXT)).not.toThrow();
  await refuseUnknownCommandAtEngine(other, CONTEXT);
});

test("a transformation stops the constructor of another command, and of no other resource", () => {
  const refuse: pulumi.ResourceTransformation = (declared) => {
    refuseUnknownCommand(declared, CONTEXT);
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
