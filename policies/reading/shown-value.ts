/** Values as a violation's message shows them: what was found, and never a secret. A policy is not shown which values are marked secret. */
import type { Manifest } from "../../hub/manifest.ts";
import { manifestUrls } from "../../hub/urls/urls.ts";
import { shownText } from "../../hub/values/shown-text.ts";
import { holdsUnknown, NOT_KNOWN } from "./known-value.ts";
import { textsIn } from "./texts.ts";

/** `found …`, or why nothing is shown. A text is shown as `hub/values/shown-text.ts` has it; of a list or an object its names and such texts. */
export function shown(value: unknown): string {
  if (value === NOT_KNOWN) return "its value is not known in the preview";
  if (value === undefined || value === null) return "found none";
  if (typeof value === "string") return `found ${shownText(value)}`;
  if (typeof value !== "object") return `found ${String(value)}`;
  if (holdsUnknown(value)) return "a part of it is not known in the preview";
  const texts = textsIn(value).map(({ path, text }) => `${path} ${shownText(text)}`);
  return texts.length === 0 ? "found a value without texts" : `found ${texts.join(", ")}`;
}

/**
 * A webhook's URL: host and path where both are the manifest's, whatever slashes end it; else the host alone. What else it has is said in words by
 * who looks at it.
 */
export function shownUrl(value: unknown, manifest: Pick<Manifest, "hosts" | "routes">): string {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url === null) return typeof value === "string" ? "found a text (not shown)" : shown(value);
  const bare = `${url.protocol}//${url.hostname}${url.pathname}`;
  const routes = manifest.routes.map(({ path }) => `https://${new URL(manifest.hosts.canonical.url).hostname}${path}`);
  const known = [...manifestUrls(manifest).map((own) => own.url), ...routes];
  const isOwn = known.some((own) => own === bare.replace(/\/+$/, "").replace(/^http:/, "https:"));
  return isOwn
    ? `found ${JSON.stringify(bare)}`
    : `found a URL of ${url.hostname || "no host"} (its path is not shown)`;
}

/** A text in an expression that names a host, a path, a country or a method. */
const HARMLESS = /^"(\/[\w./*-]*|[\w*-]+(\.[\w*-]+)+|[A-Z]{2,6})"$/;

/** A rule's expression. What it compares with may be a secret that a header carries, so of its texts only hosts and paths are shown. */
export function shownExpression(value: unknown): string {
  if (typeof value !== "string") return shown(value);
  return shown(value.replace(/"(?:[^"\\]|\\.)*"/g, (text) => (HARMLESS.test(text) ? text : '"…"')));
}

/** A digest; anything else that stands in its place is not shown. */
export function shownDigest(value: unknown): string {
  if (value === undefined) return "no digest";
  return /^sha256:[0-9a-f]{64}$/.test(String(value)) ? String(value) : "what is no digest (not shown)";
}
