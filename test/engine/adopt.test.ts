import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { PROJECT } from "../../tools/cli/paths.ts";
import { vaultValues } from "../../tools/loopback/secrets.ts";
import { previewSteps } from "../../tools/plan/preview-json.ts";
import { readStackConfig } from "../../tools/stack/stack-config.ts";
import { changesIn, IMPORTED, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();
const Entries = z.array(z.record(z.string(), z.unknown()));
const Account = z.record(z.string(), z.unknown());

function adopt(...args: string[]): Promise<{ code: number; signal: null; stdout: string; stderr: string }> {
  const tool = join(PROJECT, "tools", "commands", "adopt.ts");
  const options = { cwd: PROJECT, env: { ...process.env, ...stack().environment } };
  return new Promise((resolve) => {
    const all = [tool, "--stack", "loopback", "--config-file", stack().configFile, ...args];
    execFile(process.execPath, all, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), signal: null, stdout, stderr }),
    );
  });
}

const without = (keys: readonly string[], entry: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(entry).filter(([key]) => !keys.includes(key)));

test("adopt completes a config without IDs, rules and SIDs, and the first preview imports everything and removes nothing", async () => {
  const { hub: whole } = await readStackConfig(stack().configFile);
  await stack().editConfig((config) => {
    const ids = ["accountId", "zoneId", "tunnelId", "dnsRecordId"];
    config["hub:cloudflare"] = without(ids, Account.parse(config["hub:cloudflare"]));
    config["hub:siblings"] = Entries.parse(config["hub:siblings"]).map((sibling) => without(["rules"], sibling));
    config["hub:numbers"] = Entries.parse(config["hub:numbers"]).map((number) => without(["sid"], number));
  });
  const stopped = await stack().pulumi(["preview", "--json"]);
  expect(stopped.code).toBe(1);
  expect(outputOf(stopped)).toContain("hub:cloudflare.tunnelId: missing");

  const adopted = await adopt("--write");
  expect(adopted.code, outputOf(adopted)).toBe(0);
  for (const secret of await vaultValues(stack())) expect(outputOf(adopted)).not.toContain(secret);
  expect((await readStackConfig(stack().configFile)).hub).toEqual(whole);

  const preview = await stack().pulumi(["preview", "--json"]);
  expect(preview.code, outputOf(preview)).toBe(0);
  const steps = previewSteps(preview.stdout);
  const imported = steps.filter(({ op }) => op === "import").map(({ name }) => name);
  expect(imported.toSorted()).toEqual(IMPORTED);
  expect(steps.filter(({ op }) => /delete|replace/.test(op))).toEqual([]);
  expect(changesIn(stack())).toEqual([]);

  const again = await adopt("--write");
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("nothing was written") });
});
