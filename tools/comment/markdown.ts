/** Text of the engine, a policy or a vendor inside Markdown that strangers may read. */
import { maskText } from "./mask-text.ts";

/** The text as code on one line, masked. Nobody is mentioned in it and no markup counts. */
export function code(text: string, length: number): string {
  return codeSpan(cut(oneLine(maskText(text)), length));
}

/** A text that is masked already as code on one line. */
export function codeSpan(text: string): string {
  const content = oneLine(text).replaceAll("`", "'");
  return content === "" ? "*(empty)*" : `\`${content}\``;
}

/** The text as a block, masked. */
export function fenced(text: string, length: number): string {
  return `\`\`\`text\n${cut(maskText(text).trim().replaceAll("```", "'''"), length)}\n\`\`\``;
}

/** The text's beginning, with a sign that it goes on. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()} …`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
