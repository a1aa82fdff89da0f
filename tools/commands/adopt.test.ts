import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { type LoopbackCloud, startLoopbackCloud } from "../../loopback/cloud.ts";
import type { IngressRule } from "../../loopback/cloudflare/state.ts";
import { loopbackConfig } from "../../loopback/testing.ts";
import { placeRule, placeSetting } from "../../loopback/twilio/configuration/make.ts";
import { writeVault } from "../../loopback/vault.ts";
import { withoutProgress } from "../../test/support/without-progress.ts";
import { PROJECT } from "../cli/paths.ts";
import { vaultValues } from "../loopback/secrets.ts";

const config = loopbackConfig(18797);
let cloud: LoopbackCloud;
let folder = "";
let file = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "adopt-"));
  file = join(folder, "Pulumi.loopback.yaml");
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  cloud = await startLoopbackCloud({ config });
  await writeFile(file, bareConfig(await readFile(join(PROJECT, "Pulumi.loopback.yaml"), "utf8")));
});
afterEach(() => cloud.close());

/** The loopback stack's file without the values that adopt fills in, and with the cloud's endpoints. */
function bareConfig(text: string): string {
  return text
    .replace(/^ +(accountId|zoneId|tunnelId|dnsRecordId|sid): .*\n/gm, "")
    .replace(/^ {6}rules:\n( {8}.*\n)+/gm, "")
    .replace("http://127.0.0.1:18980/client/v4", cloud.endpoints.cloudflare)
    .replace("http://127.0.0.1:18981", cloud.endpoints.twilioProxy);
}

async function adopt(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const PATH = [cloud.binFolder, process.env.PATH].join(delimiter);
  const env = {
    ...process.env,
    PATH,
    LOOPBACK_OP_VAULT: cloud.vaultFile,
    CLOUDFLARE_API_KEY: "of-the-shell",
    NO_COLOR: "1",
  };
  const all = [join(PROJECT, "tools", "commands", "adopt.ts"), "--stack", "loopback", "--config-file", file, ...args];
  const result = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, all, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr: withoutProgress(stderr) }),
    );
  });
  for (const secret of await vaultValues({ cloud })) expect(`${result.stdout}${result.stderr}`).not.toContain(secret);
  return result;
}

async function editLive(edit: (rules: IngressRule[]) => void): Promise<void> {
  for (const { config: tunnel } of cloud.cloudflare.state.tunnels.values()) edit(tunnel.ingress);
}

test("shows what it would write; writes it only with --write; keeps comments and other lines", async () => {
  const before = await readFile(file, "utf8");
  const shown = await adopt();
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toContain(`+    tunnelId: ${config.cloudflare.tunnelId}\n`);
  expect(shown.stdout).toContain("nothing was written; add --write");
  expect(await readFile(file, "utf8")).toBe(before);

  expect(await adopt("--write")).toMatchObject({ code: 0, stderr: "" });
  const after = await readFile(file, "utf8");
  const kept = before.split("\n");
  expect(kept.filter((line) => !after.split("\n").includes(line))).toEqual([]);
  const whole = parse(await readFile(join(PROJECT, "Pulumi.loopback.yaml"), "utf8")).config;
  expect(parse(after).config).toEqual({ ...whole, "hub:endpoints": cloud.endpoints });
  const requests = [...cloud.cloudflare.requests, ...cloud.twilio.requests];
  expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
});

test("lists a rule that belongs to nobody, writes the rest, and exits with 1", async () => {
  await editLive((rules) => rules.splice(2, 0, { hostname: "crm.reri.co", service: "http://localhost:9999" }));
  const { code, stdout } = await adopt("--write");
  expect(code).toBe(1);
  expect(stdout).toContain(
    "left for you: the live rule with hostname crm.reri.co, path (any), service http://localhost:9999",
  );
  expect(parse(await readFile(file, "utf8")).config["hub:siblings"]).toEqual(config.siblings);
});

test("keeps a value that differs from the live one, unless --overwrite is given", async () => {
  const other = "ffffffffffffffffffffffffffffffff";
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("tunnelName:", `zoneId: ${other} # by hand\n    tunnelName:`));
  const first = await adopt("--write");
  expect(first.code).toBe(1);
  expect(first.stdout).toContain(
    `hub:cloudflare.zoneId is "${other}" in the config and "${config.cloudflare.zoneId}" live`,
  );
  expect(await readFile(file, "utf8")).toContain(`zoneId: ${other} # by hand\n`);
  expect(await adopt("--write", "--overwrite")).toMatchObject({ code: 0 });
  expect(await readFile(file, "utf8")).toContain(`zoneId: ${config.cloudflare.zoneId} # by hand\n`);
});

test("--json prints the result as JSON", async () => {
  const { code, stdout } = await adopt("--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ file: "Pulumi.loopback.yaml", left: [], written: false });
});

test("after writing, says what a preview still lacks", async () => {
  await writeFile(file, (await readFile(file, "utf8")).replace(/^ +agent: .*\n/m, ""));
  const { code, stdout } = await adopt("--write");
  expect(code).toBe(0);
  expect(stdout).toContain("hub:voice.agent: missing; set it");
});

test.each([
  ["Cloudflare refuses", () => cloud.cloudflare.faults.fail({ status: 403, path: /zones/ }), "Cloudflare answered 403"],
  [
    "Twilio refuses",
    () => cloud.twilio.faults.fail({ status: 401, path: /IncomingPhoneNumbers/ }),
    "Twilio answered 401",
  ],
  [
    "Cloudflare has a fault",
    () => cloud.cloudflare.faults.fail({ status: 502, path: /configurations/, count: 3 }),
    "Cloudflare answered 502 (10001 Bad gateway): this is a fault of Cloudflare's own",
  ],
  [
    "Cloudflare limits the requests, for longer than adopt waits",
    () => cloud.cloudflare.faults.fail({ status: 429, path: /zones/, retryAfterSeconds: 120 }),
    "Cloudflare answered 429 (971 Please wait and consider throttling your request speed): there were too many requests. Run this again in 120 seconds",
  ],
  [
    "a page comes in place of Cloudflare's answer",
    () => cloud.cloudflare.faults.fail({ page: "<h1>Sign in</h1>", status: 200, path: /zones/, count: 3 }),
    "Cloudflare answered 200 with an HTML page, which is not of the API",
  ],
  [
    "a page comes with a status that would mean the token",
    () => cloud.cloudflare.faults.fail({ page: "<h1>Blocked</h1>", status: 403, path: /zones/ }),
    "Cloudflare answered 403 with an HTML page, which is not of the API",
  ],
  [
    "Cloudflare does not answer",
    () => cloud.cloudflare.faults.fail({ drop: true, path: /zones/, count: 3 }),
    "Cloudflare did not answer (UND_ERR_SOCKET); check the network",
  ],
  [
    "Twilio has a fault",
    () => cloud.twilio.faults.fail({ status: 503, path: /IncomingPhoneNumbers/, count: 2 }),
    "Twilio answered 503: this is a fault of Twilio's own",
  ],
  [
    "Twilio limits the requests",
    () => cloud.twilio.faults.fail({ status: 429, path: /IncomingPhoneNumbers/, retryAfterSeconds: 3, count: 2 }),
    "Twilio answered 429: there were too many requests. Run this again in 3 seconds",
  ],
  [
    "a page comes in place of Twilio's answer",
    () => cloud.twilio.faults.fail({ page: "<h1>Sign in</h1>", status: 200, path: /Incoming/, count: 2 }),
    "Twilio answered 200 with an HTML page, which is not of the API",
  ],
  [
    "no tunnel has that name",
    () => cloud.cloudflare.state.tunnels.clear(),
    "hub:cloudflare.tunnelName: a tunnel reri-api",
  ],
  [
    "the host has no record",
    () => cloud.cloudflare.state.records.clear(),
    "hub:hosts.canonical.url: a CNAME record of webhook.reri.co",
  ],
])("one line describes the problem: %s", async (_what, spoil, message) => {
  spoil();
  const { code, stdout, stderr } = await adopt("--write");
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining(`error: ${message}`),
  });
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test.each([
  ["hub:cloudflare.apiToken", "op://Aurora/cloudflare/api-token"],
  ["hub:twilio.accountSid", "op://Aurora/twilio/account-sid"],
  ["hub:twilio.authToken", "op://Aurora/twilio/auth-token"],
])("refuses a value of %s with a line end behind it, before it asks a vendor", async (key, reference) => {
  const vault = JSON.parse(await readFile(cloud.vaultFile, "utf8"));
  await writeVault(cloud.vaultFile, { ...vault, [reference]: `${vault[reference]}\n` });
  const { code, stderr } = await adopt();
  expect(code).toBe(1);
  expect(stderr).toContain(`error: ${key}: ${reference}: expected a`);
  expect([...cloud.cloudflare.requests, ...cloud.twilio.requests]).toEqual([]);
});

test("names a reference that op cannot read, and a missing key that adopt needs", async () => {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("op://Aurora/cloudflare/api-token", "op://Aurora/cloudflare/none"));
  const unread = await adopt();
  expect(unread.code).toBe(1);
  expect(unread.stderr).toContain("error: hub:cloudflare.apiToken: op://Aurora/cloudflare/none");
  await writeFile(file, text.replace(/^ +apiToken: .*\n/m, ""));
  expect((await adopt()).stderr).toBe("error: Pulumi.loopback.yaml: hub:cloudflare.apiToken: missing\n");
});

test("a webhook Rule that changes how the hub's webhooks arrive is left for you, and so are Rules that cannot be read", async () => {
  const { webhooks } = cloud.twilio.state;
  const auth = { source: "INLINE" as const, value: { scheme: "BASIC" as const, username: "u", password: "made-up" } };
  const { id } = placeSetting(webhooks, { auth });
  const settings = [{ settingId: id, percentage: 100 }];
  const rule = placeRule(webhooks, { matchType: "PREFIX_MATCH", prefix: "https://webhook.reri.co/", settings });
  const found = await adopt();
  expect(found.code).toBe(1);
  expect(found.stdout).toContain(`left for you: `);
  expect(found.stdout).toContain(`the Rule ${rule.id} (PREFIX_MATCH https://webhook.reri.co/`);
  webhooks.access = "absent";
  expect(await adopt()).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("were not looked at: Twilio answered 404"),
  });
});
