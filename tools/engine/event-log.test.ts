import { appendFile, stat } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EventLog, openEventLog } from "./event-log.ts";
import { PULUMI_VERSION } from "./version.ts";

let log: EventLog;
const write = (...events: readonly unknown[]) =>
  appendFile(log.args[1] ?? "", events.map((event) => `${JSON.stringify(event)}\n`).join(""));
const step = (op: string) => ({
  resourcePreEvent: {
    metadata: { op, urn: "urn:pulumi:a::b::c:d:E::f", old: null, new: { type: "c:d:E", protect: true } },
  },
});

beforeEach(async () => {
  log = await openEventLog();
});
afterEach(() => log.close());

test("the steps of a plan come in their order, and nothing stays on the disk", async () => {
  const debug = { diagnosticEvent: { message: 'a "resourcePreEvent" in a text', severity: "debug" } };
  await write(debug, step("import"), debug, step("update"), { summaryEvent: { isPreview: true } });
  expect((await log.steps())?.map(({ op }) => op)).toEqual(["import", "update"]);
  const { mode, size } = await stat(log.args[1] ?? "");
  expect([mode & 0o777, size]).toEqual([0o600, 0]);
  await log.close();
  await expect(stat(log.args[1] ?? "")).rejects.toThrow("ENOENT");
});

test("a step has the same form as in the preview's JSON", async () => {
  const state = { type: "c:d:E", inputs: { voiceUrl: "a" }, outputs: { voiceUrl: "b" } };
  const metadata = {
    ...{ op: "update", urn: "urn:pulumi:a::b::c:d:E::f", old: state, new: { type: "c:d:E" } },
    ...{ diffs: ["voiceUrl"], keys: ["areaCode"], detailedDiff: null },
  };
  await write({ resourcePreEvent: { metadata } }, { summaryEvent: {} });
  expect(await log.steps()).toEqual([
    {
      ...{ op: "update", urn: "urn:pulumi:a::b::c:d:E::f", oldState: state, newState: { type: "c:d:E" } },
      ...{ diffReasons: ["voiceUrl"], replaceReasons: ["areaCode"] },
    },
  ]);
});

test("a plan that the engine did not finish has no steps", async () => {
  await write(step("import"));
  expect(await log.steps()).toBeUndefined();
});

test("an engine that wrote nothing has no steps", async () => {
  expect(await log.steps()).toBeUndefined();
});

test("more than a pipe holds comes through", async () => {
  const events = Array.from({ length: 2_000 }, () => step("same"));
  await write(...events, { summaryEvent: {} });
  expect(await log.steps()).toHaveLength(2_000);
});

test("a step that cannot be read is an error", async () => {
  await write({ resourcePreEvent: { metadata: { op: 5 } } });
  await expect(log.steps()).rejects.toThrow(
    `the plan could not be checked: the engine's events have an unexpected format; is this Pulumi ${PULUMI_VERSION}?`,
  );
});
