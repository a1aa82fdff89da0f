/** Writes the comment on a pull request: a short list of what a preview would change. */

import type { PolicyFinding } from "../plan/policy-findings.ts";
import type { PreviewJson } from "../plan/preview-json.ts";
import { isChanging, nameOf, type PlanStep, typeOf } from "../plan/step.ts";
import { changesOf } from "../plan/step-changes.ts";
import { changeText } from "./change-text.ts";
import { code as codeOf, fenced as fencedOf } from "./markdown.ts";

/** The input of a comment. */
export interface CommentSource {
  /** The stack of the preview, for example `prod`. A pull request has one comment for each stack. */
  readonly stack: string;
  /** Undefined if the run stopped before the engine had a plan. */
  readonly preview: PreviewJson | undefined;
  /** Undefined if the findings of the policies are not known. */
  readonly findings: readonly PolicyFinding[] | undefined;
}

/** In characters. GitHub takes 65,536, and this leaves some to spare (https://docs.github.com/rest/issues/comments). */
export const MAX_COMMENT_LENGTH = 60_000;

const MAX_MESSAGE_LENGTH = 1_500;
const MAX_NAME_LENGTH = 600;
const CUT = "\n\n*The rest is cut: see the artifact.*\n";

/** The first line of a comment. It is not displayed, and the next run finds the comment by it. */
export function commentMarker(stack: string): string {
  return `<!-- twilio-hub preview of ${stack.replace(/[^\w.-]/g, "-")} -->`;
}

/**
 * The comment in Markdown. The summary comes first and is never cut. Each change has its old and its new value, shortened and masked. Secrets and
 * scripts are left out.
 */
export function commentText({ stack, preview, findings }: CommentSource): string {
  const head = [commentMarker(stack), `### Preview of ${code(stack)}`, ...summary(preview, findings)].join("\n\n");
  const blocks = [...(findings ?? []).map(findingBlock), ...errorBlocks(preview), ...stepLines(preview)];
  let text = head;
  for (const [index, block] of blocks.entries()) {
    if (text.length + block.length + CUT.length > MAX_COMMENT_LENGTH) return text + CUT;
    text += `${isLine(block) && isLine(blocks[index - 1]) ? "\n" : "\n\n"}${block}`;
  }
  return `${text}\n`;
}

function summary(preview: PreviewJson | undefined, findings: CommentSource["findings"]): string[] {
  if (preview === undefined) return ["**The run stopped before there was a plan.** The job's log says why."];
  const counts = Object.entries(preview.changeSummary).filter(([op, count]) => op !== "same" && count > 0);
  const changes = counts.map(([op, count]) => `${count} to ${op}`).join(", ") || "nothing to change";
  const kept = `${preview.changeSummary.same ?? 0} unchanged`;
  const isFailed = preview.diagnostics.some(({ severity }) => severity === "error");
  return [`${isFailed ? "**The preview failed.** " : ""}Resources: ${changes}; ${kept}.`, policyLine(findings)];
}

function policyLine(findings: CommentSource["findings"]): string {
  if (findings === undefined) return "Policies: not known, see the job's log.";
  if (findings.length === 0) return "Policies: nothing found.";
  const mandatory = findings.filter(({ level }) => level === "mandatory").length;
  return `Policies: **${mandatory} violated**, ${findings.length - mandatory} advisory.`;
}

function findingBlock({ policy, level, urn, message }: PolicyFinding): string {
  return `${code(policy)} (${level})${urn === undefined ? "" : `, ${code(nameOf(urn))}`}\n\n${fenced(message)}`;
}

function errorBlocks(preview: PreviewJson | undefined): string[] {
  const errors = (preview?.diagnostics ?? []).filter(({ severity }) => severity === "error");
  return [...new Set(errors.map(({ message }) => message))].map(fenced);
}

/** The order in which a reviewer reads the steps: losses, changes, additions. Unknown operations come before all of them. */
const OPERATIONS: readonly string[] = ["delete", "replace", "update", "import", "create"];

/** A line for each step, each followed by a line for every change. */
function stepLines(preview: PreviewJson | undefined): string[] {
  const steps = (preview?.steps ?? []).filter(isChanging);
  return steps.toSorted((a, b) => OPERATIONS.indexOf(a.op) - OPERATIONS.indexOf(b.op)).flatMap(linesOf);
}

function linesOf(step: PlanStep): string[] {
  const type = typeOf(step).split(":").at(-1) ?? "";
  const changes = changesOf(step).map((change) => `  - ${changeText(change)}`);
  return [`- **${step.op.replace(/[^\w-]/g, "")}** ${code(nameOf(step.urn))} (${code(type)})`, ...changes];
}

function isLine(block: string | undefined): boolean {
  return /^ *- /.test(block ?? "");
}

function code(text: string): string {
  return codeOf(text, MAX_NAME_LENGTH);
}

function fenced(text: string): string {
  return fencedOf(text, MAX_MESSAGE_LENGTH);
}
