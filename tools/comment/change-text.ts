/** Writes a change of a plan in Markdown: the property, its old value and its new value, short enough for a comment. */

import type { Change } from "../plan/step-changes.ts";
import { isBag } from "../plan/value-changes.ts";
import { SECRET, UNKNOWN } from "../plan/value-marks.ts";
import { code, codeSpan } from "./markdown.ts";
import { maskText } from "./mask-text.ts";

const MAX_PATH_LENGTH = 300;
const MAX_VALUE_LENGTH = 160;
/** The number of characters that are shown before the first difference of two long values. */
const CONTEXT_LENGTH = 30;

const NONE = "*none*";

/** A digest of 64 hex digits. The first 12 are enough to distinguish two. */
const DIGEST = /\b(sha256:)([0-9a-f]{12})[0-9a-f]{52}\b/g;
/** The variable that holds a release's digest without `sha256:`. In any other property 64 hex digits may be a key. */
const RELEASE = "environment.HUB_RELEASE";

/** The change in one line, for example `` `voiceUrl`: `https://a.example/` → `https://b.example/` ``. Secret values and scripts are left out. */
export function changeText(change: Change): string {
  return `${code(change.path, MAX_PATH_LENGTH)}: ${valuesText(change)}`;
}

function valuesText({ path, before, after, position }: Change): string {
  if (before === undefined && after === undefined) return "changes; the provider does not show its values";
  if (before === SECRET || after === SECRET) return `secret ${verbOf(before, after)}`;
  const [old, next] = [textOf(before, path), textOf(after, path)];
  if (isLongText(old) || isLongText(next)) return `text ${verbOf(before, after)} (${linesText(old, next)})`;
  const start = commonStart(old, next);
  const place = position === undefined ? "" : ` as rule ${position}`;
  return `${shown(old, before, start)} → ${shown(next, after, start)}${place}`;
}

function verbOf(before: unknown, after: unknown): string {
  if (before === undefined) return "added";
  return after === undefined ? "removed" : "changes";
}

/** The value as masked text, or undefined if it is absent. */
function textOf(value: unknown, path: string): string | undefined {
  if (value === undefined) return undefined;
  const content = withoutIdentity(value);
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const named = path === RELEASE && /^[0-9a-f]{64}$/.test(text) ? `sha256:${text}` : text;
  return maskText(named.replace(DIGEST, "$1$2…"));
}

/** An ingress rule without the hostname and path that the property's name already has. Usually only the service remains. */
function withoutIdentity(value: unknown): unknown {
  if (!isBag(value) || !("service" in value)) return value;
  const { hostname, path, ...rest } = { hostname: undefined, path: undefined, ...value };
  return Object.keys(rest).length === 1 ? rest.service : rest;
}

/** Whether the text has several lines, as a script does. */
function isLongText(text: string | undefined): boolean {
  return text?.trim().includes("\n") ?? false;
}

function linesText(old: string | undefined, next: string | undefined): string {
  const counts = [old, next].flatMap((text) => (text === undefined ? [] : [text.trim().split("\n").length]));
  return `${counts.join(" → ")} lines`;
}

/** The place from which to show two values: a little before their first difference if one is too long, otherwise 0. */
function commonStart(old = "", next = ""): number {
  if (Math.max(old.length, next.length) <= MAX_VALUE_LENGTH) return 0;
  const differs = old.split("").findIndex((character, index) => character !== next[index]);
  const end = differs === -1 ? Math.min(old.length, next.length) : differs;
  return Math.max(0, end - CONTEXT_LENGTH);
}

function shown(text: string | undefined, value: unknown, start: number): string {
  if (text === undefined) return NONE;
  if (value === UNKNOWN) return "*known after the up*";
  const rest = text.slice(start, start + MAX_VALUE_LENGTH).toWellFormed();
  return codeSpan(`${start > 0 ? "… " : ""}${rest}${start + MAX_VALUE_LENGTH < text.length ? " …" : ""}`);
}
