import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT } from "../cli/paths.ts";
import { PlanRecord, planDifferences, recordOf } from "./plan-record.ts";
import { PreviewJson } from "./preview-json.ts";
import type { PlanStep } from "./step.ts";

const CONFIG = { voice: { record: true }, owners: ["Henry Hill"] };

/** A part of what the engine printed: a first preview, or one after somebody repointed a number. */
async function preview(name: "first" | "drift"): Promise<string> {
  return readFile(join(PROJECT, "test", "fixtures", `preview-${name}.json`), "utf8");
}

function stepsOf(json: string): PlanStep[] {
  return PreviewJson.parse(JSON.parse(json)).steps;
}

function record(json: string, config: Readonly<Record<string, unknown>> = CONFIG): PlanRecord {
  return recordOf(stepsOf(json), config);
}

test("a record holds the changing resources and no others", async () => {
  const { steps } = record(await preview("drift"));
  expect(steps.map(({ urn, op, changes }) => [urn.split("::").at(-1), op, changes.map(({ path }) => path)])).toEqual([
    ["primary", "update", ["voiceUrl"]],
  ]);
  expect(Object.keys(steps[0]?.inputs ?? {})).toContain("voiceUrl");
});

test("two runs of the same plan have the same record, whatever their order, times and paths", async () => {
  const json = await preview("first");
  const other = json
    .replace(/"duration": \d+/, '"duration": 1')
    .replaceAll("/one/twilio-hub", "/another/twilio-hub")
    .replace(/"message": "warning[^"]*"/g, '"message": "another"');
  expect(other).not.toBe(json);
  const reversed = recordOf(stepsOf(other).toReversed(), { owners: ["Henry Hill"], voice: { record: true } });
  expect(reversed).toEqual(record(json));
  expect(planDifferences(record(json), reversed)).toEqual([]);
});

test.each([
  [
    "another value",
    '"voiceUrl": "https://webhook.reri.co/voice/webhook"',
    '"voiceUrl": "https://elsewhere.example/"',
    "primary (update): voiceUrl would be set to another value than was approved",
  ],
  [
    "an additional value",
    '"smsMethod": "POST",',
    '"smsMethod": "POST", "trunkSid": "TK1",',
    "primary (update): trunkSid would be set to another value than was approved",
  ],
  [
    "another old value",
    '"voiceUrl": "https://elsewhere.example/voice"',
    '"voiceUrl": "https://third.example/voice"',
    "primary (update): voiceUrl has another value than in the approved plan",
  ],
])("%s is named with its resource and operation", async (_what, text, replacement, line) => {
  const json = await preview("drift");
  const changed = json.replaceAll(text, replacement);
  expect(changed).not.toBe(json);
  expect(planDifferences(record(json), record(changed))).toContain(line);
  expect(record(changed).digest).not.toBe(record(json).digest);
});

/** The update of a number as the bridged provider sends it: the names of the changed properties, and no detailed diff. */
function numberStep(live: Readonly<Record<string, string>>, diffReasons: readonly string[]): PlanStep {
  const type = "twilio:index/apiAccountsIncomingPhoneNumbers:ApiAccountsIncomingPhoneNumbers";
  const wanted = {
    accountSid: "[secret]",
    statusCallback: "https://a.example/status",
    voiceUrl: "https://a.example/voice",
  };
  return {
    op: "update",
    urn: `urn:pulumi:prod::twilio-hub::${type}::primary`,
    oldState: { type, inputs: { ...wanted, ...live }, outputs: { ...wanted, ...live, sid: "PN1" } },
    newState: { type, inputs: wanted },
    diffReasons: [...diffReasons],
  };
}

test.each([
  [
    "a property repointed by hand, on a number that was going to change anyway",
    numberStep({ statusCallback: "", voiceUrl: "https://elsewhere.example/" }, ["statusCallback", "voiceUrl"]),
    "primary (update): voiceUrl would change, but not in the approved plan",
  ],
  [
    "another old value of the property that was going to change",
    numberStep({ statusCallback: "https://elsewhere.example/" }, ["statusCallback"]),
    "primary (update): statusCallback has another value than in the approved plan",
  ],
])("%s is named", (_what, step, line) => {
  const approved = recordOf([numberStep({ statusCallback: "" }, ["statusCallback"])], CONFIG);
  expect(planDifferences(approved, recordOf([step], CONFIG))).toEqual([line]);
  expect(planDifferences(recordOf([step], CONFIG), recordOf([step], CONFIG))).toEqual([]);
});

test("a property that was repaired since the approval is named", () => {
  const approved = recordOf(
    [numberStep({ statusCallback: "", voiceUrl: "b" }, ["statusCallback", "voiceUrl"])],
    CONFIG,
  );
  expect(planDifferences(approved, recordOf([numberStep({ statusCallback: "" }, ["statusCallback"])], CONFIG))).toEqual(
    ["primary (update): voiceUrl would change in the approved plan, but not in this one"],
  );
});

test("a computed property is no difference between two previews", () => {
  const type = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig";
  const config = (path: string) => ({ ingresses: [{ hostname: "a", path, service: "b" }] });
  const step = (version: number): PlanStep => ({
    op: "update",
    urn: `urn:pulumi:prod::twilio-hub::${type}::ingress`,
    oldState: {
      type,
      inputs: { config: config("^/x") },
      outputs: { config: config("^/x"), version, createdAt: `${version}` },
    },
    newState: { type, inputs: { config: config("^/y") } },
    diffReasons: ["config", "createdAt", "version"],
  });
  expect(recordOf([step(1)], CONFIG)).toEqual(recordOf([step(2)], CONFIG));
});

test("another operation, an additional resource and a missing one are named", async () => {
  const json = await preview("drift");
  const replaced = json.replaceAll('"op": "update"', '"op": "replace"');
  expect(planDifferences(record(json), record(replaced))).toEqual([
    "primary (update): was approved, but would not happen",
    "primary (replace): was not approved",
  ]);
  expect(planDifferences(record(json), recordOf([], CONFIG))).toEqual([
    "primary (update): was approved, but would not happen",
  ]);
});

test("another config is named by its key, even if no step differs", async () => {
  const json = await preview("drift");
  expect(planDifferences(record(json), record(json, { ...CONFIG, owners: [] }))).toEqual([
    "hub:owners: the config's value differs",
  ]);
});

test("the engine's events and its JSON give the same record, and a secret is masked in both", async () => {
  const json = await preview("first");
  const marked = json.replaceAll(
    '"[secret]"',
    '{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"[secret]"}',
  );
  expect(marked).not.toBe(json);
  expect(record(marked)).toEqual(record(json));
});

test("a record that was edited is refused, and holds no value", async () => {
  const original = record(await preview("drift"));
  expect(PlanRecord.parse(JSON.parse(JSON.stringify(original)))).toEqual(original);
  expect(PlanRecord.safeParse({ ...original, steps: [] }).success).toBe(false);
  expect(JSON.stringify(original)).not.toMatch(/reri\.co|\+1949|secret/);
});
