import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { StorageClient } from "@supabase/storage-js";
import { expect, test } from "vitest";
import type { HubConfig } from "../hub/config/config.ts";
import { Signing } from "../hub/config/signing.ts";
import { signingWith } from "../hub/testing/signing.ts";
import { type LoopbackCloud, startLoopbackCloud } from "./cloud.ts";
import { closeServer, listen } from "./serving/listen.ts";
import { loopbackConfig } from "./testing.ts";

const config = loopbackConfig(18797);

async function withCloud(run: (cloud: LoopbackCloud) => Promise<void>): Promise<void> {
  const cloud = await startLoopbackCloud({ config });
  try {
    await run(cloud);
  } finally {
    await cloud.close();
  }
}

const portOf = (url: string) => Number(new URL(url).port);

test("the accounts are as they were before the stack", () =>
  withCloud(async ({ twilio, cloudflare, funnel }) => {
    const numbers = [...twilio.state.numbers.values()];
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers).toMatchObject(
      config.numbers.map(({ sid, number }) => ({
        sid,
        phone_number: number,
        friendly_name: number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3"),
      })),
    );
    for (const number of numbers) {
      expect(number).toMatchObject({
        account_sid: twilio.state.accountSid,
        voice_url: "https://webhook.reri.co/voice/webhook",
        voice_method: "POST",
        voice_fallback_url: "",
        sms_url: "https://webhook.reri.co/sms/webhook",
        sms_fallback_url: "",
        status_callback: "",
      });
    }
    const { tunnels, records } = cloudflare.state;
    expect(tunnels.get(config.cloudflare.tunnelId)?.config.ingress).toEqual([
      { hostname: "webhook.reri.co", path: "^/voice", service: "http://127.0.0.1:18797" },
      { hostname: "webhook.reri.co", path: "^/sms", service: "http://127.0.0.1:18797" },
      ...config.siblings.flatMap(({ rules }) => rules),
      { service: "http_status:404" },
    ]);
    expect(records.get(config.cloudflare.dnsRecordId)).toMatchObject({
      name: "webhook.reri.co",
      type: "CNAME",
      content: `${config.cloudflare.tunnelId}.cfargotunnel.com`,
      proxied: true,
      ttl: 1,
    });
    expect(funnel.mounts).toEqual([
      { path: "/voice", target: "http://127.0.0.1:18797" },
      { path: "/sms", target: "http://127.0.0.1:18797" },
    ]);
  }));

test("the stand-in op reads the credentials that the vendors accept", () =>
  withCloud(async ({ twilio, cloudflare, vaultFile, binFolder, endpoints }) => {
    const env = { PATH: `${binFolder}:${process.env.PATH}`, LOOPBACK_OP_VAULT: vaultFile };
    const read = async (reference: string) =>
      (await promisify(execFile)("op", ["read", "--no-newline", reference], { env })).stdout;
    expect(await read(config.twilio.accountSid)).toBe(twilio.state.accountSid);
    expect(twilio.state.accountSid).toMatch(/^AC[0-9a-f]{32}$/);
    expect(await read(config.twilio.authToken)).toBe(twilio.state.authToken);
    expect(twilio.state.authToken).toMatch(/^[0-9a-f]{32}$/);
    const { accountId, tunnelId } = config.cloudflare;
    const headers = { Authorization: `Bearer ${await read(config.cloudflare.apiToken)}` };
    const url = `${endpoints.cloudflare}/accounts/${accountId}/cfd_tunnel/${tunnelId}`;
    expect((await fetch(url, { headers })).status).toBe(200);
    expect(cloudflare.url).toBe(endpoints.cloudflare);
    expect((await stat(vaultFile)).mode & 0o777).toBe(0o600);
  }));

test("the vendors behind the handler accept their secrets in the vault", () =>
  withCloud(async ({ discord, openclaw, storage, vaultFile }) => {
    const vault: Record<string, string> = JSON.parse(await readFile(vaultFile, "utf8"));
    const post = (url: string, body: unknown, headers = {}) =>
      fetch(url, { method: "POST", body: JSON.stringify(body), headers });
    expect((await post(vault["op://Aurora/discord/ops-webhook"] ?? "", { content: "hi" })).status).toBe(204);
    const bearer = { Authorization: `Bearer ${vault["op://Aurora/openclaw/hook-token"]}` };
    expect((await post(`${openclaw.url}/hooks/agent`, { message: "hi" }, bearer)).status).toBe(200);
    const apikey = vault["op://Aurora/supabase/service-key"] ?? "";
    const client = new StorageClient(storage.url, { apikey, Authorization: `Bearer ${apikey}` });
    expect((await client.from("recordings").upload("a.mp3", new Uint8Array([1]))).error).toBeNull();
    expect(discord.state.messages).toEqual([{ content: "hi" }]);
    expect(openclaw.state.runs).toHaveLength(1);
    expect([...storage.state.objects.keys()]).toEqual(["recordings/a.mp3"]);
  }));

test.each<[string, HubConfig]>([
  ["a config without hub:signing", config],
  ["one with it", { ...config, signing: Signing.parse(signingWith()) }],
])("with %s the vault has the keys that Twilio has", async (_what, given) => {
  const cloud = await startLoopbackCloud({ config: given, signingDelayMs: 5000 });
  try {
    const { apiKeys, webhooks } = cloud.twilio.state;
    const vault: Record<string, string> = JSON.parse(await readFile(cloud.vaultFile, "utf8"));
    const { keys, apiKey, gateFileKey } = Signing.parse(signingWith());
    for (const { id, secret } of keys) expect(webhooks.applied().sharedKeys.get(id)?.secret).toBe(vault[secret]);
    expect([...apiKeys]).toEqual([[vault[apiKey?.sid ?? ""], vault[apiKey?.secret ?? ""]]]);
    expect(vault[gateFileKey ?? ""]).toMatch(/^[0-9a-f]{64}$/);
    expect(webhooks.saved.rules.size).toBe(0);
    expect(webhooks.delayMs).toBe(5000);
  } finally {
    await cloud.close();
  }
});

test("each start has its own credentials, except for given ones", async () => {
  const vault = {
    [config.twilio.authToken]: "given",
    "op://Aurora/gateway/token": "further",
    "op://Aurora/openclaw/hook-token": "given hook token",
    "op://Aurora/discord/ops-webhook": "https://discord.example/given",
  };
  const [one, two] = await Promise.all([startLoopbackCloud({ config, vault }), startLoopbackCloud({ config })]);
  try {
    expect(one.twilio.state.accountSid).not.toBe(two.twilio.state.accountSid);
    expect(one.twilio.state.authToken).toBe("given");
    expect(one.openclaw.state.token).toBe("given hook token");
    expect(one.storage.state.serviceKey).not.toBe(two.storage.state.serviceKey);
    expect(JSON.parse(await readFile(one.vaultFile, "utf8"))).toMatchObject(vault);
    expect(one.endpoints).not.toEqual(two.endpoints);
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
});

test("closing frees every port and removes the files; given ports can be used again", async () => {
  const first = await startLoopbackCloud({ config });
  const ports = {
    cloudflare: portOf(first.endpoints.cloudflare),
    twilioProxy: portOf(first.endpoints.twilioProxy),
    edge: first.edge.port,
    discord: portOf(first.discord.url),
    openclaw: portOf(first.openclaw.url),
    storage: portOf(first.storage.url),
  };
  await first.close();
  await first.close();
  await expect(stat(first.vaultFile)).rejects.toThrow("ENOENT");
  await expect(stat(first.caFile)).rejects.toThrow("ENOENT");
  const second = await startLoopbackCloud({ config, ports });
  expect(second.endpoints).toEqual(first.endpoints);
  const urls = (cloud: LoopbackCloud) => [cloud.discord.url, cloud.openclaw.url, cloud.storage.url];
  expect(urls(second)).toEqual(urls(first));
  await second.close();
});

test("a failed start leaves nothing running", async () => {
  const taken = createServer();
  const edge = await listen(taken);
  const free = createServer();
  const cloudflare = await listen(free);
  await closeServer(free);
  await expect(startLoopbackCloud({ config, ports: { cloudflare, edge } })).rejects.toThrow("EADDRINUSE");
  await listen(free, cloudflare);
  await Promise.all([closeServer(taken), closeServer(free)]);
});
