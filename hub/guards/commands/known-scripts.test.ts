import { expect, test } from "vitest";
import * as authorisationNote from "../../scripts/authorisation-note.ts";
import * as checkMachine from "../../scripts/check-machine.ts";
import * as signingRules from "../../scripts/put-signing-rules.ts";
import * as restart from "../../scripts/restart.ts";
import * as setFunnel from "../../scripts/set-funnel.ts";
import * as stageRelease from "../../scripts/stage-release.ts";
import * as gateFile from "../../scripts/write-gate-file.ts";
import { COMMAND_NAMES, isDeploymentCommand, KNOWN_COMMANDS, scriptDigest } from "./known-scripts.ts";

const TYPES = "hub:index:TwilioHub$hub:index:Deployment$command:local:Command";

test("a script's digest is the SHA-256 of its text", () => {
  expect(scriptDigest("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("every known digest is that of a script in hub/scripts, and every name is unique", () => {
  const texts = [authorisationNote, checkMachine, gateFile, restart, setFunnel, signingRules, stageRelease]
    .flatMap((scripts): unknown[] => Object.values(scripts))
    .flatMap((value) => (typeof value === "string" ? [scriptDigest(value)] : []));
  const known = KNOWN_COMMANDS.flatMap(({ digests }) => Object.values(digests));
  expect(known.length).toBeGreaterThanOrEqual(3);
  for (const digest of known) expect(texts).toContain(digest);
  expect(new Set(KNOWN_COMMANDS.map(({ name }) => name)).size).toBe(KNOWN_COMMANDS.length);
});

test("the names are those in the stacks' state", () => {
  expect(Object.values(COMMAND_NAMES).sort()).toEqual([
    "funnel",
    "gate-file",
    "machine-check",
    "restart",
    "signing",
    "staged-release",
  ]);
});

test("a script reads only the hub's own variables", () => {
  for (const { environment } of KNOWN_COMMANDS) for (const name of environment) expect(name).toMatch(/^HUB_[A-Z_]+$/);
});

test.each([
  [`urn:pulumi:prod::twilio-hub::${TYPES}::staged-release`, true],
  ["urn:pulumi:prod::twilio-hub::command:local:Command::staged-release", false],
  ["urn:pulumi:prod::twilio-hub::hub:index:TwilioHub$command:local:Command::staged-release", false],
  [`urn:pulumi:prod::twilio-hub::other:index:Own$${TYPES}::staged-release`, false],
  ["urn:pulumi:prod::twilio-hub::command:local:Command::hub:index:Deployment$command:local:Command", false],
  ["", false],
])("%s is the deployment's: %s", (urn, expected) => {
  expect(isDeploymentCommand(urn)).toBe(expected);
});
