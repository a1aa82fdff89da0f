import { expect, test } from "vitest";
import { DECLARED_SETTING, liveRule } from "../../testing/live-signing.ts";
import { settingTitle } from "../declared-rules.ts";
import type { LiveOperation } from "../live-rules.ts";
import { unappliedFindings } from "./unapplied-findings.ts";

const VOICE = "https://webhook.reri.co/voice/webhook";
const OWN = liveRule({ matchType: "EXACT_MATCH", value: VOICE }, [[DECLARED_SETTING, 100]], settingTitle("voice"));
const operation = (status: LiveOperation["status"], changes: Partial<LiveOperation> = {}): LiveOperation => ({
  ...{ id: "webhooks_operation_1", resourceId: OWN.id, status, createdAt: "2026-11-20T11:00:00Z" },
  ...changes,
});
const findings = (operations: readonly LiveOperation[], rules = [OWN]) =>
  unappliedFindings({ rules, settings: [DECLARED_SETTING], operations }).map(({ line }) => line);

test.each(["FAILED", "CANCELLED"] as const)("a change that is %s is a finding, and an up makes it again", (status) => {
  const error = { code: 20500, detail: "not every region" };
  const [found = "", ...others] = findings([operation(status, { error })]);
  expect(others).toEqual([]);
  for (const part of [OWN.id, VOICE, "webhooks_operation_1", status, "2026-11-20T11:00:00Z", "an up makes it again"])
    expect(found).toContain(part);
  expect(found).toContain("20500 not every region");
});

test.each(["PENDING", "RUNNING"] as const)("a change that is %s is a finding, and an up waits for it", (status) => {
  expect(findings([operation(status)])).toEqual([expect.stringContaining("an up waits for it")]);
});

test("only the last change of a Rule counts, in whatever order Twilio lists them", () => {
  const failed = operation("FAILED");
  const completed = operation("COMPLETED", { id: "webhooks_operation_2", createdAt: "2026-11-20T11:05:00Z" });
  for (const operations of [
    [failed, completed],
    [completed, failed],
  ])
    expect(findings(operations)).toEqual([]);
  const later = { createdAt: "2026-11-20T11:10:00Z" };
  expect(findings([operation("FAILED", later), completed])).toHaveLength(1);
});

test("a removal that failed is a finding: no list shows the Rule, and nothing can remove it again", () => {
  expect(findings([operation("FAILED")], [])).toEqual([
    expect.stringMatching(/^the Rule webhooks_rule_exact_match, which is removed: .*ask Twilio/),
  ]);
});

test("a neighbour's Rule is no finding", () => {
  expect(findings([operation("FAILED")], [{ ...OWN, friendlyName: "theirs" }])).toEqual([]);
});
