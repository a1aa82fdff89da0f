import { appendFile, stat } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  SIGNING_LEFT_OVER,
  SIGNING_NOT_APPLIED,
  SIGNING_NOT_READ,
  SIGNING_TO_PUT_RIGHT,
  signingReport,
  UNDECLARED_SIGNING,
} from "../../hub/signing/signing-reports.ts";
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

test("the program's reports about Twilio's Rules are read, each once, and a debug line is not", async () => {
  const finding = { line: "the Rule r", isPutRight: false };
  const say = (severity: string, message: string) => ({
    diagnosticEvent: { severity, message: `<{%reset%}>${message}<{%reset%}>\n` },
  });
  const stopped = say("error", signingReport(UNDECLARED_SIGNING, [finding, { ...finding, line: "the Rule s" }]));
  const debug = say("debug", signingReport(UNDECLARED_SIGNING, [{ ...finding, line: "credential" }]));
  const putRight = say("warning", signingReport(SIGNING_TO_PUT_RIGHT, [{ ...finding, line: "missing" }]));
  const leftOver = say("warning", signingReport(SIGNING_LEFT_OVER, [{ ...finding, line: "old" }]));
  const unapplied = say("warning", signingReport(SIGNING_NOT_APPLIED, [{ line: "not applied" }]));
  await write(stopped, stopped, debug, putRight, leftOver, unapplied);
  await write(say("warning", `${SIGNING_NOT_READ}: Twilio answered 403`));
  await log.steps();
  expect(log.signing()).toEqual({
    stopping: ["the Rule r", "the Rule s"],
    putRight: ["missing", "not applied"],
    leftOver: ["old"],
    notRead: "Twilio answered 403",
  });
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
