/** The next preview and the next `up` of a stack that an older version of this project made. */
import { createHash, createHmac } from "node:crypto";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { APPROVED_RECORD, VERIFIED_RECORD } from "../../handlers/outbound/gate/test-approvals.ts";
import { parseConfig } from "../../hub/config/parse.ts";
import { gateFileProblem } from "../../hub/gate/gate-file.ts";
import { gateOf } from "../../hub/gate/gate-of.ts";
import { gatesOn } from "../../hub/gate/gates-on.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { PROJECT } from "../../tools/cli/paths.ts";
import { vaultValue } from "../../tools/loopback/secrets.ts";
import { previewSteps } from "../../tools/plan/preview-json.ts";
import { readStackConfig } from "../../tools/stack/stack-config.ts";
import { outputOf, useLoopbackStack } from "../support/engine.ts";

/** The running release in the older state, and the authorisation of its restart. */
const AUTHORISATION = {
  release: "sha256:ee6aa480d36d9dab8bcc846099bf369da50c2e21524995882cb9ebdf19702a43",
  by: "Henry Hill",
  on: "2026-05-04",
};

/** The first line of the gate file in the older state: version 1, which had one gate for every number. */
const GATE_OF_VERSION_1 =
  '{"gate":{"open":false,"plan":"osil-twilio-10dlc-resubmission-2026-05-03","reasons":["status is \\"denied\\"","no campaignSid","no approvedOn","no B14a signOff"]},"version":1}';
/** The form of a file that a release of that version accepts. */
const FORM_OF_VERSION_1 = /^[^\n]+\n[0-9a-f]{64}\n$/;

const State = z.looseObject({ deployment: z.looseObject({ secrets_providers: z.unknown().optional() }) });

const NUMBERS = ["+19497798471", "+18446883807"];

const stack = useLoopbackStack();
let calls = "";

beforeAll(async () => {
  await stack().apply();
  await noteCarriedOut();
  await stack().editConfig((config) => {
    config["hub:authorisation"] = AUTHORISATION;
  });
  await writeFile(gateFile(), await gateFileOfVersion1());
  const file = join(stack().folder, "state.json");
  await writeFile(file, await olderState());
  const imported = await stack().pulumi(["pulumi", "stack", "import", "--file", file]);
  expect(imported.code, outputOf(imported)).toBe(0);
  calls = await watchPm2();
});

/** Writes the machine's note about a restart that was carried out. */
async function noteCarriedOut(): Promise<void> {
  const { release, by, on } = AUTHORISATION;
  const notes = join(stack().releases, ".authorisations");
  await mkdir(notes, { recursive: true });
  const key = createHash("sha256").update(`${release} ${by} ${on}`).digest("hex");
  await writeFile(join(notes, key), "done\n");
}

const gateFile = () => join(stack().folder, "gate");

function macOfVersion1(line: string, token: string): string {
  const key = createHmac("sha256", token).update("twilio-hub gate file 1").digest();
  return createHmac("sha256", key).update(line).digest("hex");
}

async function gateFileOfVersion1(line = GATE_OF_VERSION_1): Promise<string> {
  const { hub, source } = await readStackConfig(stack().configFile);
  const token = await vaultValue(stack().cloud, parseConfig(hub, source).twilio.authToken);
  return `${line}\n${macOfVersion1(line, token)}\n`;
}

/** This release's problem with the gate file on the machine, for a number that the stack's config approves completely. */
async function problemWithFile(sender: string): Promise<string | undefined> {
  const { hub, source } = await readStackConfig(stack().configFile);
  const config = parseConfig(hub, source);
  const token = await vaultValue(stack().cloud, config.twilio.authToken);
  const approved = parseConfig({ ...hub, tendlc: APPROVED_RECORD, tollfree: VERIFIED_RECORD }, source);
  const gates = gatesOn(buildManifest(approved).gates, new Date());
  return gateFileProblem(await readFile(gateFile(), "utf8"), [token], sender, gateOf(gates, sender));
}

/** The state of version 0.1.0, for this stack's folder, ports and secrets. */
async function olderState(): Promise<string> {
  const { hub, source } = await readStackConfig(stack().configFile);
  const config = parseConfig(hub, source);
  const authToken = await vaultValue(stack().cloud, config.twilio.authToken);
  const values = {
    FOLDER: stack().folder,
    CLOUDFLARE: stack().cloud.endpoints.cloudflare,
    HANDLER_PORT: String(stack().handlerPort),
    ACCOUNT_SID: await vaultValue(stack().cloud, config.twilio.accountSid),
    AUTH_TOKEN: authToken,
    API_TOKEN: await vaultValue(stack().cloud, config.cloudflare.apiToken),
    GATE_MAC: macOfVersion1(GATE_OF_VERSION_1, authToken),
  };
  const fixture = await readFile(join(PROJECT, "test", "fixtures", "state-0.1.0.json"), "utf8");
  const text = Object.entries(values).reduce((rest, [name, value]) => rest.replaceAll(`{${name}}`, value), fixture);
  const state = State.parse(JSON.parse(text));
  // The fixture's secrets are in plain text. At the import the CLI encrypts them with this stack's passphrase.
  const { secrets_providers } = State.parse(
    JSON.parse((await stack().pulumi(["pulumi", "stack", "export"])).stdout),
  ).deployment;
  return JSON.stringify({ ...state, deployment: { ...state.deployment, secrets_providers } });
}

/** Makes a PM2 for PATH that only logs its arguments, and returns the log file. */
async function watchPm2(): Promise<string> {
  const bin = join(stack().folder, "pm2-that-watches");
  const log = join(stack().folder, "pm2-calls");
  await mkdir(bin);
  await writeFile(log, "");
  await writeFile(join(bin, "pm2"), `#!/bin/sh\necho "$@" >>'${log}'\n`);
  await chmod(join(bin, "pm2"), 0o755);
  return log;
}

const options = () => ({
  environment: { PATH: [join(stack().folder, "pm2-that-watches"), stack().environment.PATH].join(delimiter) },
});

/** The changes of a preview, by resource. */
async function changes(): Promise<Readonly<Record<string, readonly string[]>>> {
  const result = await stack().pulumi(["preview", "--json"], options());
  expect(result.code, outputOf(result)).toBe(0);
  return Object.fromEntries(
    previewSteps(result.stdout).map(({ op, name, changes: paths }) => [`${op} ${name}`, paths]),
  );
}

test("the next preview shows the provider's version, the scripts and the new release, and accepts the old authorisation", async () => {
  expect(await changes()).toEqual({
    "update twilio": ["version"],
    "update gate-file": ["create", "delete", "environment.HUB_GATE", "environment.HUB_GATE_FOUND"],
    "update machine-check": ["create"],
    // This stack's ports differ from those in the state.
    "update staged-release": ["create", "environment.HUB_MANIFEST", "environment.HUB_RELEASE"],
    "update restart": ["create", "update"],
  });
});

test("the older version's gate file approves nothing for this release, whatever it says", async () => {
  const { campaignSid, approvedOn, plan, signOff } = APPROVED_RECORD;
  const open = { gate: { approvedOn, campaignSid, open: true, plan, signedOffOn: signOff.on }, version: 1 };
  for (const line of [GATE_OF_VERSION_1, JSON.stringify(open)]) {
    const file = await gateFileOfVersion1(line);
    expect(file).toMatch(FORM_OF_VERSION_1);
    await writeFile(gateFile(), file);
    for (const sender of NUMBERS) expect(await problemWithFile(sender)).toContain("it is of version 1");
  }
});

test("the next up restarts nothing, and the preview after it is clean", async () => {
  const result = await stack().bareUp(options());
  expect(result.code, outputOf(result)).toBe(0);
  expect(await readFile(calls, "utf8")).toBe("");
  expect(await changes()).toEqual({});
  // The older release, which still runs, refuses this form: it is shut until its restart.
  expect(await readFile(gateFile(), "utf8")).not.toMatch(FORM_OF_VERSION_1);
  expect(await Promise.all(NUMBERS.map(problemWithFile))).toEqual([
    expect.stringContaining('it is shut: status is "denied"'),
    "it is shut: hub:tollfree is missing",
  ]);
  const { stdout } = await stack().pulumi(["pulumi", "stack", "export"]);
  expect(stdout).toContain(`"stdout": "${AUTHORISATION.release.replace("sha256:", "")} runs"`);
});

test("the preview refuses an authorisation of that age if the machine has not carried it out", async () => {
  await rm(join(stack().releases, ".authorisations"), { recursive: true });
  await stack().editConfig((config) => {
    config["hub:authorisation"] = { ...AUTHORISATION, on: "2026-05-05" };
  });
  const result = await stack().pulumi(["preview"], options());
  expect(result.code).toBe(1);
  expect(outputOf(result)).toContain("2026-05-05 is more than 7 days ago");
});
