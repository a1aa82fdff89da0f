/** The comment on a pull request: what a preview would change, as short as a person reads it. */
import { z } from "zod";
import { maskText } from "./mask-text.ts";
import type { PolicyFinding } from "./policy-findings.ts";

const State = z.object({ type: z.string() });

/** What the comment needs of `pulumi preview --json`. */
export const PreviewJson = z.object({
  steps: z
    .array(
      z.object({
        op: z.string(),
        urn: z.string(),
        newState: State.nullish(),
        oldState: State.nullish(),
        detailedDiff: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .default([]),
  changeSummary: z.record(z.string(), z.number()).default({}),
  diagnostics: z.array(z.object({ severity: z.string(), message: z.string() })).default([]),
});
export type PreviewJson = z.infer<typeof PreviewJson>;

/** What a comment is made of. */
export interface CommentSource {
  /** What was previewed, like `prod`. One comment stands for each. */
  readonly stack: string;
  /** Undefined where the run stopped before the engine had a plan. */
  readonly preview: PreviewJson | undefined;
  /** Undefined where nobody knows what the policies found. */
  readonly findings: readonly PolicyFinding[] | undefined;
}

/** GitHub takes 65,536 characters; some are left for it (https://docs.github.com/rest/issues/comments). */
export const MAX_COMMENT_LENGTH = 60_000;

const MAX_MESSAGE_LENGTH = 1_500;
const MAX_CELL_LENGTH = 600;
const CUT = "\n\n*The rest is cut: see the artifact.*\n";

/** The first line of a comment, by which the next run finds it. Nobody sees it. */
export function commentMarker(stack: string): string {
  return `<!-- twilio-hub preview of ${stack.replace(/[^\w.-]/g, "-")} -->`;
}

/** The comment in Markdown. The summary stands first and is never cut; values are not shown, only the names of what changes. */
export function commentText({ stack, preview, findings }: CommentSource): string {
  const head = [commentMarker(stack), `### Preview of ${code(stack)}`, ...summary(preview, findings)].join("\n\n");
  const blocks = [...(findings ?? []).map(findingBlock), ...errorBlocks(preview), ...table(preview)];
  let text = head;
  for (const [index, block] of blocks.entries()) {
    if (text.length + block.length + CUT.length > MAX_COMMENT_LENGTH) return text + CUT;
    text += `${isRow(block) && isRow(blocks[index - 1]) ? "\n" : "\n\n"}${block}`;
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

function table(preview: PreviewJson | undefined): string[] {
  const steps = (preview?.steps ?? []).filter(({ op }) => op !== "same" && op !== "refresh");
  if (steps.length === 0) return [];
  const rows = steps.map(({ op, urn, newState, oldState, detailedDiff }) => {
    const type = (newState ?? oldState)?.type.split(":").at(-1) ?? "";
    const changes = Object.keys(detailedDiff ?? {}).toSorted();
    return `| ${op} | ${code(nameOf(urn))} | ${code(type)} | ${changes.length === 0 ? "" : code(changes.join(", "))} |`;
  });
  return ["| verb | resource | type | what changes |", "| --- | --- | --- | --- |", ...rows];
}

function isRow(block: string | undefined): boolean {
  return block?.startsWith("| ") ?? false;
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** As code, in which nobody is mentioned and no markup counts; a bar would end a table's cell. */
function code(text: string): string {
  return `\`${cut(oneLine(maskText(text)).replaceAll("`", "'").replaceAll("|", "\\|"), MAX_CELL_LENGTH)}\``;
}

function fenced(text: string): string {
  return `\`\`\`text\n${cut(maskText(text).trim().replaceAll("```", "'''"), MAX_MESSAGE_LENGTH)}\n\`\`\``;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()} …`;
}
