import { expect, test } from "vitest";
import { parseConfig } from "../../config/parse.ts";
import { gateFileContent } from "../../gate/gate-file.ts";
import { LOOK_AT_AUTHORISATION } from "../../scripts/authorisation-note.ts";
import { CHECK_MACHINE } from "../../scripts/check-machine.ts";
import { LOOK_AT_AUTHORISED } from "../../scripts/look-at-accepted.ts";
import { FINISH_SIGNING_RULES, PUT_SIGNING_RULES, REMOVE_SIGNING_RULES } from "../../scripts/put-signing-rules.ts";
import { readSecretCommand } from "../../scripts/read-secret.ts";
import { RESTART_SCRIPT } from "../../scripts/restart.ts";
import { STAGE_SCRIPT } from "../../scripts/stage-release.ts";
import { LOOK_ON_MACHINE, REMOVE_ON_MACHINE, WRITE_ON_MACHINE } from "../../scripts/write-gate-file.ts";
import { signingVariables } from "../../signing/signing-variables.ts";
import { configWith, gatesWith, SOURCE } from "../../testing/config.ts";
import { signingWith } from "../../testing/signing.ts";
import { OpReference } from "../../values/values.ts";
import { invokeProblem, RUN_COMMAND } from "./known-invokes.ts";

const READ = readSecretCommand(OpReference.parse("op://Aurora/twilio/auth-token"));
const CONTEXT = { config: parseConfig(configWith({}), SOURCE), gates: gatesWith(), today: "2026-11-20" };
const PREVIEW = { isPreview: true, context: CONTEXT };
const UPDATE = { isPreview: false, context: CONTEXT };
const GATE = { HUB_GATE: gateFileContent(CONTEXT.gates), HUB_GATE_FILE: "gate", HUB_GATE_MAC: "0" };
const run = (command: unknown, rest: Readonly<Record<string, unknown>> = {}) => ({
  token: RUN_COMMAND,
  args: { command, logging: "none", ...rest },
  opts: { version: "1.2.1" },
});
const tunnel = (opts: { version?: string; pluginDownloadURL?: string } = {}) => ({
  token: "cloudflare:index/getZeroTrustTunnelCloudflaredConfig:getZeroTrustTunnelCloudflaredConfig",
  args: { accountId: "a", tunnelId: "b" },
  opts,
});

test.each([
  ["a secret is read", run(READ)],
  ["the gate file is looked at", run(LOOK_ON_MACHINE, { environment: GATE })],
])("passes in a preview and in an update: %s", (_name, invoke) => {
  expect([invokeProblem(invoke, PREVIEW), invokeProblem(invoke, UPDATE)]).toEqual([undefined, undefined]);
});

test.each([
  ["gate-file", run(WRITE_ON_MACHINE, { environment: GATE })],
  ["staged-release", run(STAGE_SCRIPT, { environment: { HUB_RELEASE: "0", HUB_RELEASES: "releases" } })],
])("a script that writes in an update is refused in a preview: %s", (name, writing) => {
  expect(invokeProblem(writing, UPDATE)).toBeUndefined();
  expect(invokeProblem(writing, PREVIEW)).toContain(`${name} writes, and this is a preview`);
});

test.each([
  ["any command", run("curl https://example.com"), /SHA-256 [0-9a-f]{64} is not one that the program runs itself/],
  ["no command", run(undefined), /command /],
  ["a command that is marked secret", run({ value: READ }), /command /],
  ["a second command", run(`${READ}; true`), /SHA-256/],
  ["a second command on its own line", run(`${READ}\ntrue`), /SHA-256/],
  ["a command in the reference", run(READ.replace("auth-token", "$(true)")), /SHA-256/],
  ["an end of the quotes", run(READ.replace("auth-token'", "auth-token'true''")), /SHA-256/],
  ["a command before it", run(`true; ${READ}`), /SHA-256/],
  ["a secret whose last line end the provider would take", run(READ.replace(" && echo", "")), /SHA-256/],
  ["another command of op", run("op item get 'op://a/b/c'"), /SHA-256/],
  ["a secret that is logged", run(READ, { logging: "stdout" }), /logging /],
  ["a secret without logging set to none", run(READ, { logging: undefined }), /logging /],
  ["a secret with a variable", run(READ, { environment: { PATH: "/tmp" } }), /environment PATH is not read/],
  ["a script with a foreign variable", run(LOOK_ON_MACHINE, { environment: { ...GATE, ENV: "x" } }), /ENV is not/],
  ["a script that only its resource runs", run(CHECK_MACHINE), /SHA-256/],
  [
    "a gate file that approves while the config does not",
    run(WRITE_ON_MACHINE, { environment: { ...GATE, HUB_GATE: '{"open":true}' } }),
    /environment\.HUB_GATE: found other approvals/,
  ],
  [
    "a gate file elsewhere",
    run(WRITE_ON_MACHINE, { environment: { ...GATE, HUB_GATE_FILE: "/etc/gate" } }),
    /environment\.HUB_GATE_FILE: found "\/etc\/gate"/,
  ],
  ["the removal of the gate file", run(REMOVE_ON_MACHINE, { environment: GATE }), /SHA-256/],
  ["the restart", run(RESTART_SCRIPT), /SHA-256/],
  ["the making of Rules, which only their resource runs", run(PUT_SIGNING_RULES), /SHA-256/],
  ["the removal of Rules", run(REMOVE_SIGNING_RULES), /SHA-256/],
  ["Rules without hub:signing", run(FINISH_SIGNING_RULES), /hub:signing is missing/],
  ["the tunnel's config through the provider, which shows only a part of it", tunnel(), /not one of the functions/],
  [
    "a function that is not the hub's",
    { ...tunnel(), token: "aws:s3/getBucket:getBucket" },
    /not one of the functions/,
  ],
  ["the other function of the same plugin", { ...run(READ), token: "command:remote:run" }, /not one of the functions/],
  ["another version of the plugin", { ...run(READ), opts: { version: "1.2.0" } }, /"1\.2\.0", and 1\.2\.1 is pinned/],
  ["a plugin from elsewhere", tunnel({ pluginDownloadURL: "https://elsewhere.example" }), /would come from elsewhere/],
])("is refused, in one line that does not show the command: %s", (_name, invoke, message) => {
  const problem = invokeProblem(invoke, UPDATE);
  expect(problem).toMatch(message);
  expect(problem).toMatch(/^the program may not call [a-zA-Z0-9:/]+: .+; see hub\/guards\/commands\/known-invokes\.ts/);
  expect(problem).not.toMatch(/\n|op:\/\/|curl/);
});

test.each(["interpreter", "dir", "stdin", "addPreviousOutputInEnv", "assetPaths", "archivePaths", "somethingNew"])(
  "a command may not have %s",
  (input) => {
    expect(invokeProblem(run(READ, { [input]: "x" }), UPDATE)).toContain(`"${input}"`);
  },
);

test.each([LOOK_AT_AUTHORISATION, LOOK_AT_AUTHORISED])(
  "an authorisation of the config's own is looked at in a preview too",
  (script) => {
    const authorisation = { release: `sha256:${"a1".repeat(32)}`, by: "Henry Hill", on: "2026-11-20" };
    const config = parseConfig(configWith({ authorisation }), SOURCE);
    const context = { ...CONTEXT, config };
    const environment = restartEnvironment("a1".repeat(32));
    for (const isPreview of [true, false])
      expect(invokeProblem(run(script, { environment }), { isPreview, context })).toBeUndefined();
    const other = { environment: restartEnvironment("b2".repeat(32)) };
    expect(invokeProblem(run(script, other), { isPreview: true, context })).toContain("environment.HUB_RELEASE");
  },
);

const restartEnvironment = (release: string) => ({
  ...{ HUB_AUTHORISED_BY: "Henry Hill", HUB_AUTHORISED_ON: "2026-11-20", HUB_RELEASE: release },
  ...{ HUB_PROCESS: CONTEXT.config.handler.process, HUB_RELEASES: CONTEXT.config.handler.releases },
});

test("the Rules of hub:signing are finished in an update alone", () => {
  const config = parseConfig(configWith({ signing: signingWith() }), SOURCE);
  const context = { ...CONTEXT, config };
  const finish = run(FINISH_SIGNING_RULES, { environment: signingVariables(config) });
  expect(invokeProblem(finish, { isPreview: false, context })).toBeUndefined();
  expect(invokeProblem(finish, { isPreview: true, context })).toContain("signing writes, and this is a preview");
});
