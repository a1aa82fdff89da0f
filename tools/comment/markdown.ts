/** Puts text from the engine, a policy or a vendor into Markdown that strangers may read. */
import { maskText } from "./mask-text.ts";

/** The text as code on one line, masked. Mentions and markup in it have no effect. */
export function code(text: string, length: number): string {
  return codeSpan(cut(oneLine(maskText(text)), length));
}

/** An already masked text as code on one line. */
export function codeSpan(text: string): string {
  const content = oneLine(text).replaceAll("`", "'");
  return content === "" ? "*(empty)*" : `\`${content}\``;
}

/** The text as a code block, masked. */
export function fenced(text: string, length: number): string {
  return `\`\`\`text\n${cut(maskText(text).trim().replaceAll("```", "'''"), length)}\n\`\`\``;
}

/** The first `length` characters of the text, with an ellipsis if it is longer. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()} …`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
