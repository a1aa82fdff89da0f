import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { parseConfig } from "../../hub/config/parse.ts";
import { PHONE_NUMBER_TYPE, TUNNEL_CONFIG_TYPE } from "../../hub/guards/resource-types.ts";
import { ingressRules } from "../../hub/hosts/ingress.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { WEBHOOK_PROPERTIES } from "../../hub/urls/registered-url.ts";
import { registeredUrls } from "../../hub/urls/urls.ts";
import { credentialIn, foreignVault } from "../../hub/values/credentials.ts";
import { textsIn } from "../../policies/reading/texts.ts";
import { PROJECT } from "../cli/paths.ts";
import { readStackConfig, stackFile } from "../stack/stack-config.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "policy-tool-"));
});
afterAll(() => rm(folder, { recursive: true }));

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(PROJECT, "tools", "commands", "policy.ts"), ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const urn = (type: string, name: string) => `urn:pulumi:loopback::twilio-hub::${type}::${name}`;

async function state(number: object = {}, ...others: object[]): Promise<string> {
  const { hub, source } = await readStackConfig(stackFile("loopback"));
  const config = parseConfig(hub, source);
  const manifest = buildManifest(config);
  const { accountId, tunnelId } = config.cloudflare;
  const [first] = manifest.numbers;
  const methods = Object.fromEntries(WEBHOOK_PROPERTIES.map(({ method }) => [method, "POST"]));
  const urls = first && registeredUrls(manifest, first.number);
  const resources = [
    {
      urn: urn(PHONE_NUMBER_TYPE, "primary"),
      type: PHONE_NUMBER_TYPE,
      protect: true,
      retainOnDelete: true,
      inputs: { ...urls, ...methods },
      ...number,
    },
    {
      urn: urn(TUNNEL_CONFIG_TYPE, "ingress"),
      type: TUNNEL_CONFIG_TYPE,
      protect: true,
      retainOnDelete: true,
      inputs: { accountId, tunnelId, source: "cloudflare", config: { ingresses: ingressRules(manifest) } },
    },
    ...others,
  ];
  const file = join(folder, `${Math.random()}.json`);
  await writeFile(file, JSON.stringify({ version: 3, deployment: { resources } }));
  return file;
}

test.each(["prod", "loopback"])("the config of %s holds no credential and no foreign reference", async (stack) => {
  const { hub } = await readStackConfig(stackFile(stack));
  const texts = textsIn(hub);
  expect(texts.length).toBeGreaterThan(20);
  expect(texts.filter(({ name, text }) => credentialIn(name, text) ?? foreignVault(text))).toEqual([]);
});

test("a state that only lacks its release has only that finding", async () => {
  const { code, stdout } = await run("--file", await state(), "--json");
  const found = z.array(z.object({ policy: z.string() })).parse(JSON.parse(stdout));
  expect([code, [...new Set(found.map(({ policy }) => policy))]]).toEqual([1, ["manifest-agrees"]]);
});

test("each violation is a line, also one that no policy of the pack can see", async () => {
  const campaign = "twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1";
  const file = await state({ protect: false, retainOnDelete: false }, { urn: urn(campaign, "spring"), type: campaign });
  const { code, stdout } = await run("--file", file, "--stack", "loopback");
  expect(code).toBe(1);
  expect(stdout).toContain("error: number-kept: primary.protect: found false");
  expect(stdout).toContain("it has no retainOnDelete");
  expect(stdout).toContain("error: no-sms-campaign: spring: ");
});

test("a number whose live values differ from the declared ones is found", async () => {
  const outputs = {
    ...{ voiceApplicationSid: "AP1", smsApplicationSid: "", trunkSid: "TK1", phoneNumber: "+19497798471" },
    voiceReceiveMode: "fax",
    ...{ voiceUrl: "https://elsewhere.example/voice/webhook", voiceMethod: "GET", smsUrl: null },
  };
  const { code, stdout } = await run("--file", await state({ outputs }), "--stack", "loopback");
  expect(code).toBe(1);
  expect(stdout).toContain('number-kept: primary.voiceApplicationSid: found "AP1"');
  expect(stdout).toContain('number-kept: primary.trunkSid: found "TK1"');
  expect(stdout).toContain('number-kept: primary.voiceReceiveMode: found "fax"');
  expect(stdout).toContain("webhook-url-exact: primary.voiceUrl: found a URL of elsewhere.example");
  expect(stdout).toContain('webhook-url-exact: primary.voiceMethod: found "GET"');
  expect(stdout).not.toMatch(/primary\.(phoneNumber|sms\w+)/);
});

test("--json prints the findings as JSON", async () => {
  const { code, stdout } = await run("--file", await state({ protect: false }), "--stack", "loopback", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toContainEqual({
    policy: "number-kept",
    level: "mandatory",
    urn: urn(PHONE_NUMBER_TYPE, "primary"),
    message: expect.stringContaining("primary.protect: found false"),
  });
});

test("the stack is read from the state, unless the state has no resources", async () => {
  const [own, empty] = [join(folder, "prod.json"), join(folder, "empty.json")];
  const resource = { urn: "urn:pulumi:prod::twilio-hub::pulumi:pulumi:Stack::s", type: "pulumi:pulumi:Stack" };
  await writeFile(own, JSON.stringify({ deployment: { resources: [resource] } }));
  await writeFile(empty, JSON.stringify({ deployment: { resources: [] } }));
  expect((await run("--file", own)).stderr).toContain("hub:cloudflare.accountId: missing");
  expect((await run("--file", empty)).stderr).toContain("cannot tell the stack from its URNs; add --stack");
});

test.each([
  [[], "--file is missing: name an exported state"],
  [["--file", "nowhere.json", "--stack", "loopback"], "nowhere.json: no such file"],
  [["--file", join(PROJECT, "README.md"), "--stack", "loopback"], "README.md: not an exported state"],
  [["--fil"], "Unknown option '--fil'"],
])("%j is refused", async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});
