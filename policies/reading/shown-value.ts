/** Values as a violation's message shows them, never a secret: a policy cannot see which values are marked secret. */
import type { Manifest } from "../../hub/manifest.ts";
import { manifestUrls } from "../../hub/urls/urls.ts";
import { shownText } from "../../hub/values/shown-text.ts";
import { holdsUnknown, NOT_KNOWN } from "./known-value.ts";
import { textsIn } from "./texts.ts";

/** `found …`, or why nothing is shown. A text is shown by `hub/values/shown-text.ts`. A list or an object is shown by its names and its texts. */
export function shown(value: unknown): string {
  if (value === NOT_KNOWN) return "its value is not known in the preview";
  if (value === undefined || value === null) return "found none";
  if (typeof value === "string") return `found ${shownText(value)}`;
  if (typeof value !== "object") return `found ${String(value)}`;
  if (holdsUnknown(value)) return "part of its value is not known in the preview";
  const texts = textsIn(value).map(({ path, text }) => `${path} ${shownText(text)}`);
  return texts.length === 0 ? "found a value without texts" : `found ${texts.join(", ")}`;
}

/**
 * A webhook's URL: host and path if both are the manifest's, whatever slashes follow; otherwise the host alone. The caller describes the rest in
 * words: port, credentials, query, fragment.
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

/** A text of an expression that is a path, a host, or a code of capitals like a country or a method. */
const HARMLESS = /^"(\/[\w./*-]*|[\w*-]+(\.[\w*-]+)+|[A-Z]{2,6})"$/;

/** A rule's expression. It may compare a header with a secret, so only its harmless texts are shown. */
export function shownExpression(value: unknown): string {
  if (typeof value !== "string") return shown(value);
  return shown(value.replace(/"(?:[^"\\]|\\.)*"/g, (text) => (HARMLESS.test(text) ? text : '"…"')));
}

/** A digest. Any other text is not shown. */
export function shownDigest(value: unknown): string {
  if (value === NOT_KNOWN) return shown(value);
  if (value === undefined) return "found no digest";
  return /^sha256:[0-9a-f]{64}$/.test(String(value))
    ? `found ${value}`
    : "found a value that is not a digest (not shown)";
}
