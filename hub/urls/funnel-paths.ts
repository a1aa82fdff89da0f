import type { Hosts } from "../config/keys.ts";

/**
 * The local paths under which the funnel may deliver a path: one if it is known whether the mount is stripped, two if that is not tested yet,
 * none if no mount covers the path. A stripped mount itself arrives as `/`. Source: `tailscale funnel --set-path`, measured.
 */
export function funnelDeliveries(funnel: Hosts["funnel"], path: string): string[] {
  const mount = coveringMount(funnel.mounts, path);
  if (mount === undefined) return [];
  const stripped = path.slice(mount.length) || "/";
  if (funnel.prefix === "unprobed") return [path, stripped];
  return [funnel.prefix === "whole" ? path : stripped];
}

/** The longest mount that is the path or a parent of it. */
function coveringMount(mounts: readonly string[], path: string): string | undefined {
  return mounts
    .filter((mount) => path === mount || path.startsWith(`${mount}/`))
    .sort((a, b) => b.length - a.length)
    .at(0);
}
