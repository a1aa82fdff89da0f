import { readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname } from "node:path";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { writeVault } from "../../loopback/vault.ts";
import { findCli } from "../../tools/engine/find-cli.ts";
import { copyProject } from "../../tools/loopback/project-copy.ts";
import { vaultValues } from "../../tools/loopback/secrets.ts";
import type { RunOptions } from "../../tools/loopback/stack.ts";
import { changesIn, errorsOf, NUMBER_NAMES, outputOf, useLoopbackStack } from "../support/engine.ts";

const NumberEntry = z.looseObject({ number: z.string(), sid: z.string() });
const Vault = z.record(z.string(), z.string());
const Numbers = z.tuple([NumberEntry, NumberEntry], NumberEntry);
const stack = useLoopbackStack();

afterEach(() => {
  stack().cloud.twilio.faults.clear();
  stack().cloud.cloudflare.faults.clear();
});

/** Runs `up`. Expects it to fail with one of these counts of errors and with each text, without a stack trace, a secret or a change in the cloud. */
async function expectRefusal(texts: readonly string[], options: RunOptions = {}, counts = [1]): Promise<void> {
  const changes = changesIn(stack()).length;
  const result = await stack().pulumi(["up", "--yes", "--skip-preview"], options);
  expect(result.code, outputOf(result)).not.toBe(0);
  const errors = errorsOf(result);
  expect(counts, outputOf(result)).toContain(errors.length);
  for (const text of texts) expect(outputOf(result)).toContain(text);
  expect(outputOf(result)).not.toMatch(/^\s+at .*:\d+:\d+/m);
  for (const secret of await vaultValues(stack())) expect(outputOf(result)).not.toContain(secret);
  expect(changesIn(stack())).toHaveLength(changes);
  expect(stack().cloud.twilio.state.released).toEqual([]);
}

async function withConfig(edit: (config: Record<string, unknown>) => void, check: () => Promise<void>): Promise<void> {
  let before: Record<string, unknown> = {};
  await stack().editConfig((config) => {
    before = structuredClone(config);
    edit(config);
  });
  try {
    await check();
  } finally {
    await stack().editConfig((config) => {
      for (const key of Object.keys(config)) delete config[key];
      Object.assign(config, before);
    });
  }
}

test("an unknown config key", () =>
  withConfig(
    (config) => Object.assign(config, { "hub:numbrs": [] }),
    () => expectRefusal(["Pulumi.loopback.yaml", "hub:numbrs: unknown key"]),
  ));

test("a problem that only the program sees: a path twice in the route table", async () => {
  const copy = await copyProject();
  try {
    await copy.replace("hub/urls/routes.ts", '"/sms/status"', '"/voice/status"');
    await expectRefusal(["hub/urls/routes.ts: duplicate path", "/voice/status"], { project: copy.folder });
  } finally {
    await copy.close();
  }
});

test("the program names a wrong key if the tool's own check is left out", async () => {
  const copy = await copyProject();
  try {
    await copy.replace("tools/engine/run-engine.ts", "= parseConfig(hub, source)", "= hub");
    await withConfig(
      (config) => Object.assign(config, { "hub:owners": [], "twilio:accountSid": "AC1" }),
      () => expectRefusal(["twilio:accountSid", "remove them"], { project: copy.folder }),
    );
  } finally {
    await copy.close();
  }
});

test("a plaintext token where a reference belongs is refused and not shown", async () => {
  const token = "0123456789abcdef0123456789abcdef";
  await withConfig(
    (config) =>
      Object.assign(config, { "hub:twilio": { accountSid: "op://Aurora/twilio/account-sid", authToken: token } }),
    async () => {
      const result = await stack().pulumi(["preview"]);
      expect(result.code).toBe(1);
      expect(outputOf(result)).toContain("hub:twilio.authToken: expected a 1Password reference");
      expect(outputOf(result)).not.toContain(token);
    },
  );
});

test("a reference that op cannot read", () =>
  withConfig(
    (config) =>
      Object.assign(config, {
        "hub:twilio": { accountSid: "op://Aurora/twilio/account-sid", authToken: "op://Aurora/twilio/no-such-field" },
      }),
    () =>
      expectRefusal(["hub:twilio.authToken: op://Aurora/twilio/no-such-field cannot be read", "could not read secret"]),
  ));

test.each([
  ["hub:twilio.authToken", "op://Aurora/twilio/auth-token", " "],
  ["hub:twilio.authToken", "op://Aurora/twilio/auth-token", "\n"],
  ["hub:twilio.accountSid", "op://Aurora/twilio/account-sid", "\n"],
  ["hub:cloudflare.apiToken", "op://Aurora/cloudflare/api-token", "\r\n"],
])("%s has %j behind its value", async (key, reference, behind) => {
  const { vaultFile } = stack().cloud;
  const before = await readFile(vaultFile, "utf8");
  const vault = Vault.parse(JSON.parse(before));
  await writeVault(vaultFile, { ...vault, [reference]: `${vault[reference]}${behind}` });
  try {
    await expectRefusal([`${key}: ${reference}: expected a`]);
  } finally {
    await writeFile(vaultFile, before);
  }
});

test("an op that is missing", async () => {
  const { path } = await findCli();
  const folders = [dirname(path), dirname(process.execPath), "/usr/bin", "/bin"];
  await expectRefusal(["hub:twilio.accountSid: op://Aurora/twilio/account-sid cannot be read", "not found"], {
    environment: { PATH: folders.join(delimiter) },
  });
});

test("no passphrase", () =>
  expectRefusal(["passphrase must be set with PULUMI_CONFIG_PASSPHRASE"], {
    environment: { PULUMI_CONFIG_PASSPHRASE: undefined },
  }));

test("no backend", () =>
  expectRefusal(["set PULUMI_BACKEND_URL"], {
    environment: { PULUMI_BACKEND_URL: undefined, PULUMI_ACCESS_TOKEN: undefined, PULUMI_HOME: stack().folder },
  }));

const REMEDIES = {
  401: "check hub:cloudflare.apiToken and what it may read",
  404: "check hub:cloudflare.accountId, zoneId and tunnelId",
  429: "there were too many requests. Run this again in five minutes",
  500: "this is a fault of Cloudflare's own",
};

test.each([401, 404, 429, 500] as const)("Cloudflare answers %s", async (status) => {
  stack().cloud.cloudflare.faults.fail({ status, count: 50 });
  const texts = [
    `the live ingress of the tunnel reri-api cannot be read: Cloudflare answered ${status}`,
    REMEDIES[status],
  ];
  await expectRefusal(texts);
});

test.each([401, 404, 429, 500] as const)("Twilio answers %s", async (status) => {
  stack().cloud.twilio.faults.fail({ status, count: 50 });
  // The provider names neither the request nor a config key, but the engine names the resource. The numbers are read at the same time, and after
  // a failure the engine may cancel the other readings.
  const counts = NUMBER_NAMES.map((_, index) => index + 1);
  await expectRefusal([`Status: ${status} - ApiError`, "twilio:index:ApiAccountsIncomingPhoneNumbers"], {}, counts);
});

test("two swapped SIDs are named with their keys, and no number is bought or released", () => {
  let swapped = "";
  return withConfig(
    (config) => {
      const [first, second, ...others] = Numbers.parse(config["hub:numbers"]);
      config["hub:numbers"] = [{ ...first, sid: second.sid }, { ...second, sid: first.sid }, ...others];
      swapped = `hub:numbers[0].sid: ${second.sid} is the number ${second.number}`;
    },
    async () => {
      const changes = changesIn(stack()).length;
      const result = await stack().pulumi(["up", "--yes", "--skip-preview"]);
      expect(result.code, outputOf(result)).not.toBe(0);
      expect(swapped).toContain("is the number +1");
      expect(outputOf(result)).toContain(swapped);
      expect(changesIn(stack())).toHaveLength(changes);
    },
  );
});

test("tunnel-wide origin settings that are not declared stop the run, and pass once they are", async () => {
  const [tunnel] = stack().cloud.cloudflare.state.tunnels.values();
  if (tunnel === undefined) throw new Error("the loopback account has no tunnel");
  const { config } = tunnel;
  tunnel.config = { ...config, originRequest: { noTLSVerify: true } };
  try {
    await expectRefusal(["hub:cloudflare.originRequest declares {}", "tunnel-wide origin settings"]);
  } finally {
    tunnel.config = config;
  }
});
