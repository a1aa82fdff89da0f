import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../tools/cli/paths.ts";
import { copyProject, PROGRAM_GUARD, type ProjectCopy } from "../../tools/loopback/project-copy.ts";
import type { CommandResult } from "../../tools/loopback/stack.ts";
import { changesIn, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();
let copies: { readonly guarded: ProjectCopy; readonly unguarded: ProjectCopy };

beforeAll(async () => {
  copies = { guarded: await copyProject(), unguarded: await copyProject() };
  const evasions = await readFile(join(PROJECT, "test", "support", "rules", "evasions.txt"), "utf8");
  for (const { folder, replace } of Object.values(copies)) {
    const program = join(folder, "infra", "index.ts");
    await writeFile(program, `${await readFile(program, "utf8")}${evasions}`);
    await replace("infra/index.ts", "const stack = ", "beforeConfig();\nconst stack = ");
    await replace("infra/index.ts", "const hub = ", "beforeHub();\nconst hub = ");
  }
  await copies.unguarded.replace("infra/index.ts", PROGRAM_GUARD, "");
});

afterAll(async () => {
  for (const copy of Object.values(copies)) await copy.close();
});

/** A complete approval that nobody gave. */
const APPROVAL = {
  status: "approved",
  approvedOn: "2026-06-02",
  signOff: { by: "Henry Hill", on: "2026-06-01", reference: "made-up" },
};
const FORGED = { ...APPROVAL, plan: "made-up", deniedOn: "2026-05-03", campaignSid: `QE${"0".repeat(32)}` };
const FORGED_TOLLFREE = { ...APPROVAL, number: "+18446883807", verificationSid: `HH${"0".repeat(32)}` };

/** Ways to put a message, which sends a text, into the program. */
const TEXTS = [
  "typed",
  "aliased",
  "computed",
  "wrapped",
  "ignored",
  "retained",
  "versioned",
  "child",
  "secret",
  "unknown",
];

/** Other types that text, lead to texts or run code. */
const TYPES = ["service", "flow", "tollFree", "conversation", "dynamic"];

/** Function calls that run a command of someone else, or that the hub does not make. */
const CALLS = [
  "run",
  "runOutput",
  "runOfAnother",
  "runBehindSecret",
  "runInSecret",
  "runByInterpreter",
  "runWithPath",
  "runLogged",
  "runOtherGate",
  "runRemoval",
  "runWrite",
  "runSigning",
  "runMonitor",
  "otherFunction",
];

/** Everything that a preview printed. Fails for an unknown evasion, which would otherwise look like a refused one. */
function printedBy(result: CommandResult): string {
  expect(outputOf(result)).not.toContain("evasions.txt has no evasion");
  return outputOf(result);
}

/** The output of a preview of the guarded program by the bare CLI, without the pack and the plan's check. */
async function barePreview(asked: string): Promise<string> {
  const args = ["pulumi", "preview", "--config-file", stack().configFile];
  const environment = { EVASIONS: asked, EVASION_RAN: join(stack().folder, "ran") };
  return printedBy(await stack().pulumi(args, { project: copies.guarded.folder, environment }));
}

test("the program's guard refuses each way of making a text, without the pack", async () => {
  const commands = [
    "asCommand",
    "encoded",
    "interpreter",
    "rawCommand",
    "forgedRestart",
    "forgedGateFile",
    "forgedSigning",
  ];
  const asked = [...TEXTS, ...TYPES, "renamed", "asCloudflare", "imported", "monitor", ...commands].join(",");
  expect(await barePreview(asked)).toContain(`refused by the program: ${asked}`);
});

test("the program's guard also checks a command after a later transformation", async () => {
  expect(await barePreview("laterGate")).toContain("gate-file.environment.HUB_GATE: found other approvals");
});

test("the program's guard cannot be removed", async () => {
  expect(await barePreview("cleared")).toMatch(
    /typed: twilio:index\/apiAccountsMessages\S+ is blocked while \S+ may not text/,
  );
});

test("in a preview without the pack no function call runs a command that is not the hub's", async () => {
  const printed = await barePreview(CALLS.join(","));
  expect(printed).toContain(`refused by the program: ${CALLS.join(",")}\n`);
  for (const call of CALLS)
    expect(printed).toMatch(new RegExp(`${call} is refused: .*the program may not call .*: .*;`));
  expect(existsSync(join(stack().folder, "ran"))).toBe(false);
});

test("a resource's method runs no command: the guard does not see it, but no plugin of the stack has methods", async () => {
  // A real plugin answers that it has no methods, and the engine ends the program. After a stand-in's answer the program continues.
  expect(await barePreview("runCall")).toMatch(/runCall fails: |call to function 'command:local:run' failed: /);
  expect(existsSync(join(stack().folder, "ran"))).toBe(false);
});

test.each([
  [
    "laterUrl,laterNotRetained",
    ["primary.voiceUrl: found a URL of elsewhere.example", "primary: it has no retainOnDelete"],
  ],
  ["laterIgnored,laterUnprotected", ["primary.voiceUrl: is in ignoreChanges", "primary.protect: found false"]],
  ["forged,typed", ["no-sms-campaign", "ApiAccountsMessages: typed", "manifest-agrees"]],
])(
  "the pack and the plan's check block changes that the program makes after its guard: %s",
  async (asked, messages) => {
    const environment = {
      EVASIONS: asked,
      FORGED_TENDLC: JSON.stringify(FORGED),
      FORGED_TOLLFREE: JSON.stringify(FORGED_TOLLFREE),
    };
    const result = await stack().pulumi(["preview"], { project: copies.guarded.folder, environment });
    expect(result.code, outputOf(result)).toBe(1);
    for (const message of messages) expect(printedBy(result)).toContain(message);
    expect(changesIn(stack())).toEqual([]);
  },
);

/** Expects a preview of the program without its guard to fail and to change nothing, and returns its output. */
async function refusedPreview(asked: string): Promise<string> {
  const result = await stack().pulumi(["preview"], {
    project: copies.unguarded.folder,
    environment: { EVASIONS: asked },
  });
  expect(result.code, outputOf(result)).toBe(1);
  expect(changesIn(stack())).toEqual([]);
  return printedBy(result);
}

test.each([
  [TEXTS.join(","), TEXTS.map((name) => `ApiAccountsMessages: ${name === "wrapped" ? "wrapped-inner" : name})`)],
  ["remote", ["pulumi:providers:hub"]],
  ["elsewhere", ["known-providers: elsewhere.pluginDownloadURL"]],
  [
    "monitor,otherApi,encoded,interpreter,forgedRestart,laterGate,laterTunnel",
    [
      ...["no-sms-campaign", "monitor"],
      "other-api.baseUrl: ",
      ...["known-commands-only  (command:local:Command: encoded)", "command:local:Command: interpreter"],
      "restart.environment: hub:authorisation is missing",
      "restart-authorised",
      "gate-file.environment.HUB_GATE: found other approvals",
      "ingress.config.originRequest.httpHostHeader: ",
    ],
  ],
  ["newNumber", ["new-number.areaCode: ", "the plan would create it"]],
])("the pack and the plan's check block without the program's guard: %s", async (asked, messages) => {
  const printed = await refusedPreview(asked);
  for (const message of messages) expect(printed).toContain(message);
});

// The plugin that bridges Twilio answers `twilio`, so the engine refuses it under another name before it calls a policy.
test.each([
  ["renamed", "harmless"],
  ["asCloudflare", "cloudflare"],
  ["asRecord", "cloudflare"],
  ["asCommand", "command"],
])("the engine refuses Twilio's provider under another package's name: %s", async (asked, name) => {
  const printed = await refusedPreview(asked);
  expect(printed).toContain(`parameterize response name "twilio" does not match expected package "${name}"`);
});

test("another version of a plugin is refused by the engine, or by the pack if the engine has it", async () => {
  expect(await refusedPreview("oldVersion")).toMatch(
    /old-version\.version: |no resource plugin 'pulumi-resource-cloudflare' found in the workspace at version v0\.0\.1/,
  );
});
