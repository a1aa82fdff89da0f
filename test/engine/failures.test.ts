import { delimiter, dirname } from "node:path";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { findCli } from "../../tools/engine/find-cli.ts";
import { copyProject } from "../../tools/loopback/project-copy.ts";
import { vaultValues } from "../../tools/loopback/secrets.ts";
import type { RunOptions } from "../../tools/loopback/stack.ts";
import { changesIn, errorsOf, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();

afterEach(() => {
  stack().cloud.twilio.faults.clear();
  stack().cloud.cloudflare.faults.clear();
});

/** Runs `up` and expects clear errors, one unless said, that hold each text, and a cloud that nobody touched. */
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

test("a config key that is unknown", () =>
  withConfig(
    (config) => Object.assign(config, { "hub:numbrs": [] }),
    () => expectRefusal(["Pulumi.loopback.yaml", "hub:numbrs: unknown key"]),
  ));

test("a config that only the program sees: a path twice in the route table", async () => {
  const copy = await copyProject();
  try {
    await copy.replace("hub/urls/routes.ts", '"/sms/status"', '"/voice/status"');
    await expectRefusal(["hub/urls/routes.ts: duplicate path", "/voice/status"], { project: copy.folder });
  } finally {
    await copy.close();
  }
});

test("the bare CLI's own program names a wrong key, where the tool's check is not asked", async () => {
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

test.each([401, 404, 429, 500] as const)("Cloudflare answers %s", async (status) => {
  stack().cloud.cloudflare.faults.fail({ status, count: 50 });
  // The real provider logs a line of its own beside the program's.
  const texts = ["the live ingress of the tunnel reri-api cannot be read (hub:cloudflare", String(status)];
  await expectRefusal(texts, {}, [1, 2]);
});

test.each([401, 404, 429, 500] as const)("Twilio answers %s", async (status) => {
  stack().cloud.twilio.faults.fail({ status, count: 50 });
  // The provider names neither the request nor a config key; the engine says whose reading failed. Both numbers are read side by side, and
  // the engine may break the second reading off.
  await expectRefusal([`Status: ${status} - ApiError`, "twilio:index:ApiAccountsIncomingPhoneNumbers"], {}, [1, 2]);
});

test("two SIDs that were swapped are named with their keys, and no number is bought or released", () =>
  withConfig(
    (config) => {
      const Numbers = z.array(z.looseObject({ sid: z.string() })).length(2);
      const [first, second] = Numbers.parse(config["hub:numbers"]);
      config["hub:numbers"] = [
        { ...first, sid: second?.sid },
        { ...second, sid: first?.sid },
      ];
    },
    async () => {
      const changes = changesIn(stack()).length;
      const result = await stack().pulumi(["up", "--yes", "--skip-preview"]);
      expect(result.code, outputOf(result)).not.toBe(0);
      expect(outputOf(result)).toContain(
        "hub:numbers[0].sid: PNddaa5f2ef9fba79412e3fb7c06e86b43 is the number +18446883807",
      );
      expect(changesIn(stack())).toHaveLength(changes);
    },
  ));

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
