import { createHash } from "node:crypto";
import type { Manifest } from "../manifest.ts";

/** The manifest's digest, `sha256:` and 64 hex digits, over its JSON with sorted keys: equal manifests have equal digests on any machine. */
export function manifestDigest(manifest: Manifest): string {
  return `sha256:${createHash("sha256").update(canonicalJson(manifest)).digest("hex")}`;
}

/** JSON with the keys of every object sorted, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
