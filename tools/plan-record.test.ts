import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { PROJECT } from "./paths.ts";
import { PlanRecord, planDifferences, RecordableStep, recordOf } from "./plan-record.ts";

const Preview = z.object({ steps: z.array(RecordableStep) });

const CONFIG = { voice: { record: true }, owners: ["Henry Hill"] };

/** A part of what the engine printed: a first preview, or one after somebody repointed a number. */
async function preview(name: "first" | "drift"): Promise<string> {
  return readFile(join(PROJECT, "test", "fixtures", `preview-${name}.json`), "utf8");
}

function stepsOf(json: string): RecordableStep[] {
  return Preview.parse(JSON.parse(json)).steps;
}

function record(json: string, config: Readonly<Record<string, unknown>> = CONFIG): PlanRecord {
  return recordOf(stepsOf(json), config);
}

test("a record holds what changes, and what stays is not in it", async () => {
  const { steps } = record(await preview("drift"));
  expect(steps.map(({ urn, op, changes }) => [urn.split("::").at(-1), op, changes])).toEqual([
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
    "a value more",
    '"smsMethod": "POST",',
    '"smsMethod": "POST", "trunkSid": "TK1",',
    "primary (update): trunkSid would be set to another value than was approved",
  ],
  [
    "another changed property",
    '"detailedDiff": {\n    "voiceUrl"',
    '"detailedDiff": {\n    "smsUrl"',
    "primary (update): smsUrl changes in one of the two plans alone",
  ],
])("%s is named with its resource and operation", async (_what, text, replacement, line) => {
  const json = await preview("drift");
  const changed = json.replaceAll(text, replacement);
  expect(changed).not.toBe(json);
  expect(planDifferences(record(json), record(changed))).toContain(line);
  expect(record(changed).digest).not.toBe(record(json).digest);
});

test("another operation, a resource more and one less are named", async () => {
  const json = await preview("drift");
  const replaced = json.replaceAll('"op": "update"', '"op": "replace"');
  expect(planDifferences(record(json), record(replaced))).toEqual([
    "primary (update): was approved, and would not happen now",
    "primary (replace): was not approved",
  ]);
  expect(planDifferences(record(json), recordOf([], CONFIG))).toEqual([
    "primary (update): was approved, and would not happen now",
  ]);
});

test("another config is named by its key, even where no step differs", async () => {
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
