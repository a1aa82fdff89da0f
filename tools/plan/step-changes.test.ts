import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DNS_RECORD_TYPE, PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { PROJECT } from "../cli/paths.ts";
import { PreviewJson } from "./preview-json.ts";
import { nameOf, type PlanStep } from "./step.ts";
import { changesOf } from "./step-changes.ts";

type Values = Readonly<Record<string, unknown>>;

const SECRET_OF_EVENTS = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "[secret]",
};
const UNKNOWN_OF_ENGINE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface StepParts {
  readonly type?: string;
  readonly old?: Values;
  readonly live?: Values;
  readonly wanted: Values;
  readonly reasons?: readonly string[];
}

/** An update as a bridged provider sends it: the names of the changed properties, and no detailed diff. */
function update({ type = PHONE_NUMBER_TYPE, old = {}, live = old, wanted, reasons = [] }: StepParts): PlanStep {
  return {
    op: "update",
    urn: `urn:pulumi:prod::twilio-hub::${type}::primary`,
    oldState: { type, inputs: old, outputs: live },
    newState: { type, inputs: wanted },
    diffReasons: [...reasons],
  };
}

async function firstPreview(): Promise<PlanStep[]> {
  const file = join(PROJECT, "test", "fixtures", "preview-first-bridged.json");
  return PreviewJson.parse(JSON.parse(await readFile(file, "utf8"))).steps;
}

test("the first preview on bridged providers says what changes on each number and each route", async () => {
  const steps = await firstPreview();
  const changes = new Map(steps.map((step) => [`${step.op} ${nameOf(step.urn)}`, changesOf(step)]));
  expect(changes.get("update primary")).toEqual([
    { path: "smsFallbackUrl", after: "https://srv1347501.tailb025a7.ts.net/sms" },
    { path: "statusCallback", after: "https://webhook.reri.co/voice/status" },
    { path: "voiceFallbackUrl", after: "https://srv1347501.tailb025a7.ts.net/voice" },
  ]);
  expect(changes.get("update ingress")?.map(({ path, position }) => [path, position])).toEqual([
    ["config.ingresses[webhook.reri.co ^/voice]", undefined],
    ["config.ingresses[webhook.reri.co ^/sms]", undefined],
    ["config.ingresses[webhook.reri.co ^/voice/webhook$]", 1],
    ["config.ingresses[webhook.reri.co ^/voice/status$]", 2],
    ["config.ingresses[webhook.reri.co ^/voice/recording-complete$]", 3],
    ["config.ingresses[webhook.reri.co ^/voice/transcription$]", 4],
    ["config.ingresses[webhook.reri.co ^/sms/webhook$]", 5],
    ["config.ingresses[webhook.reri.co ^/sms/status$]", 6],
    ["config.ingresses[webhook.reri.co ^/voice$]", 7],
    ["config.ingresses[webhook.reri.co ^/sms$]", 8],
  ]);
  expect(changes.get("import primary")).toEqual([]);
  expect(changes.get("create staged-release")).toContainEqual({
    path: "environment.HUB_STAGED_FOUND",
    after: "missing",
  });
});

test("a step without named properties shows its secrets only if nothing else changes", () => {
  const before = { version: "0.18.46", password: "[secret]" };
  const step = (version: string) =>
    update({ type: "pulumi:providers:twilio", old: before, wanted: { ...before, version } });
  expect(changesOf(step("1.1.3"))).toEqual([{ path: "version", before: "0.18.46", after: "1.1.3" }]);
  expect(changesOf(step("0.18.46")).filter(({ before: old }) => old !== undefined)).toEqual([
    { path: "password", before: "[secret]", after: "[secret]" },
  ]);
});

test("a detailed diff changes nothing", async () => {
  const steps = await firstPreview();
  const detailed = PreviewJson.parse({ steps: steps.map((step) => ({ ...step, detailedDiff: { other: {} } })) });
  expect(detailed.steps.map(changesOf)).toEqual(steps.map(changesOf));
});

test("a step that changes nothing in the cloud has no change", () => {
  for (const op of ["same", "refresh", "read"]) {
    expect(changesOf({ ...update({ old: { a: 1 }, wanted: { a: 2 }, reasons: ["a"] }), op })).toEqual([]);
  }
});

test("an update changes only the properties that are named, by their own name or by a path inside them", () => {
  const step = { old: { a: 1, b: { c: 1 }, read: "x" }, wanted: { a: 2, b: { c: 2 } } };
  expect(changesOf(update({ ...step, reasons: ["b.c"] }))).toEqual([{ path: "b.c", before: 1, after: 2 }]);
});

test.each([
  ["in the outputs alone", { voiceUrl: "declared" }, { voiceUrl: "by hand" }, { voiceUrl: "declared" }],
  ["in outputs that no input sets", {}, { voiceUrl: "by hand" }, { voiceUrl: "declared" }],
  ["in inputs and outputs", { voiceUrl: "by hand" }, { voiceUrl: "by hand" }, { voiceUrl: "declared" }],
])("a value set by hand is the old value: %s", (_where, old, live, wanted) => {
  const step = update({ old, live, wanted, reasons: ["voiceUrl"] });
  expect(changesOf(step)).toEqual([{ path: "voiceUrl", before: "by hand", after: "declared" }]);
});

test("a live object with more members than the program sets is compared by its inputs, and by the live value if those are equal", () => {
  const [declared, other] = [{ rules: ["a"] }, { rules: ["b"] }];
  const live = { config: { ...declared, warpRouting: true } };
  const changed = update({ old: { config: declared }, live, wanted: { config: other }, reasons: ["config"] });
  expect(changesOf(changed)).toEqual([{ path: "config.rules[0]", before: "a", after: "b" }]);
  const byHand = update({ old: { config: declared }, live, wanted: { config: declared }, reasons: ["config"] });
  expect(changesOf(byHand)).toEqual([{ path: "config.warpRouting", before: true }]);
});

test("a comment and tags set by hand are removed, and computed properties are no change", () => {
  const live = { comment: "by hand", tags: ["team:x"], modifiedOn: "2026-11-29T18:22:33Z" };
  const reasons = ["comment", "modifiedOn", "tags", "tagsModifiedOn"];
  expect(changesOf(update({ type: DNS_RECORD_TYPE, old: { ttl: 1 }, live, wanted: { ttl: 1 }, reasons }))).toEqual([
    { path: "comment", before: "by hand" },
    { path: "tags", before: ["team:x"] },
  ]);
});

test("a changed secret shows no value, whichever side has the mark", () => {
  const secret = { path: "accountSid", before: "[secret]", after: "[secret]" };
  for (const [old, wanted] of [
    ["[secret]", "[secret]"],
    ["AC0", SECRET_OF_EVENTS],
    [SECRET_OF_EVENTS, "AC0"],
  ]) {
    const step = update({ old: { accountSid: old }, wanted: { accountSid: wanted }, reasons: ["accountSid"] });
    expect(changesOf(step)).toEqual([secret]);
  }
  const marked = {
    old: { accountSid: SECRET_OF_EVENTS },
    live: { accountSid: "AC0" },
    wanted: {},
    reasons: ["accountSid"],
  };
  expect(changesOf(update(marked))).toEqual([{ path: "accountSid", before: "[secret]" }]);
  expect(changesOf(update({ ...marked, old: {}, live: {}, wanted: marked.old }))).toEqual([
    { path: "accountSid", after: "[secret]" },
  ]);
  const environment = { HUB_GATE: "same", HUB_GATE_MAC: SECRET_OF_EVENTS };
  expect(changesOf(update({ old: { environment }, wanted: { environment }, reasons: ["environment"] }))).toEqual([
    { path: "environment.HUB_GATE_MAC", before: "[secret]", after: "[secret]" },
  ]);
});

test("a value that is not known yet is shown as unknown", () => {
  const step = update({ old: { a: 1 }, wanted: { a: UNKNOWN_OF_ENGINE }, reasons: ["a"] });
  expect(changesOf(step)).toEqual([{ path: "a", before: 1, after: "[unknown]" }]);
});

test("a named property that shows no difference is a change without values", () => {
  expect(changesOf(update({ old: { a: 1 }, wanted: { a: 1 }, reasons: ["a", "provider"] }))).toEqual([
    { path: "a" },
    { path: "provider" },
  ]);
});

test("a replacement shows the properties that cause it, and a deletion every property that is lost", () => {
  const step = update({
    old: { phoneNumber: "+1", a: 1 },
    wanted: { phoneNumber: "+2", a: 1 },
    reasons: ["phoneNumber"],
  });
  const { diffReasons, ...rest } = step;
  expect(changesOf({ ...rest, op: "replace", replaceReasons: ["phoneNumber"] })).toEqual([
    { path: "phoneNumber", before: "+1", after: "+2" },
  ]);
  expect(changesOf({ ...step, op: "delete", newState: null })).toEqual([
    { path: "a", before: 1 },
    { path: "phoneNumber", before: "+1" },
  ]);
});

test("an import of a resource that was read compares the properties that the program sets", () => {
  const step = update({ old: { voiceUrl: "a", apiVersion: "2010" }, wanted: { voiceUrl: "b" } });
  expect(changesOf({ ...step, op: "import" })).toEqual([{ path: "voiceUrl", before: "a", after: "b" }]);
});

test("the keys that a provider keeps for itself are no change", () => {
  const wanted = { a: { b: 2, __defaults: [] }, __defaults: [] };
  expect(changesOf(update({ old: { a: { b: 1, __defaults: ["b"] } }, wanted }))).toEqual([
    { path: "a.b", before: 1, after: 2 },
  ]);
});

test("an added object is one change for each of its members", () => {
  expect(changesOf({ ...update({ wanted: { a: { b: 1, c: { d: [1] } } } }), op: "create", oldState: null })).toEqual([
    { path: "a.b", after: 1 },
    { path: "a.c.d", after: [1] },
  ]);
});

test("no secret ever shows, wherever it is in old inputs, outputs and new inputs", () => {
  const hidden = "value-of-a-secret";
  const secret = fc.constant({ ...SECRET_OF_EVENTS, value: hidden });
  const leaf = fc.oneof(secret, fc.constantFrom("x", "y"));
  const values = fc.dictionary(
    fc.constantFrom("a", "b", "c"),
    fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.constantFrom("d", "e"), leaf)),
  );
  fc.assert(
    fc.property(values, values, values, (old, live, wanted) => {
      const shown = changesOf(update({ old, live, wanted, reasons: ["a", "b", "c"] }));
      expect(JSON.stringify(shown)).not.toContain(hidden);
    }),
  );
});
