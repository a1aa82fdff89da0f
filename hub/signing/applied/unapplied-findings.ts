/** The changes of the hub's Rules that Twilio has not applied, in words. The lists show them as if it had. */
import { isMarked } from "../declared-rules.ts";
import { patternOf } from "../effective-rule.ts";
import type { LiveOperation, LiveRule } from "../live-rules.ts";
import type { SigningFinding } from "../rule-findings.ts";
import { type AppliedSigning, isUnderWay, unappliedChanges } from "./unapplied-changes.ts";

/** A line for each Rule of the hub's whose last change is not applied, and for each removal: nobody can tell whose the Rule was. */
export function unappliedFindings({ rules, operations }: AppliedSigning): Pick<SigningFinding, "line">[] {
  return [...unappliedChanges(operations)].flatMap(([id, operation]) => {
    const rule = rules.find((candidate) => candidate.id === id);
    if (rule === undefined) return [{ line: removalLine(id, operation) }];
    return isMarked(rule) ? [{ line: changeLine(rule, operation) }] : [];
  });
}

function changeLine(rule: LiveRule, operation: LiveOperation): string {
  const remedy = isUnderWay(operation) ? "an up waits for it" : "an up makes it again";
  return `the Rule ${rule.id} (${rule.matchType} ${patternOf(rule)}): its last change is not applied (${stateOf(operation)}), and webhooks may be treated as before it; ${remedy}`;
}

/** Twilio no longer lists such a Rule, so nothing can be removed a second time. */
function removalLine(id: string, operation: LiveOperation): string {
  const remedy = isUnderWay(operation) ? "an up waits for it" : "ask Twilio to remove it";
  return `the Rule ${id}, which is removed: the removal is not applied (${stateOf(operation)}), and webhooks may be treated as before it; ${remedy}`;
}

function stateOf({ id, status, createdAt, error }: LiveOperation): string {
  const reason = error ? `, ${error.code} ${error.detail}` : "";
  return `Operation ${id} of ${createdAt ?? "an unknown day"}: ${status}${reason}`;
}
