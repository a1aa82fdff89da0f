/**
 * Delivery: the request that reaches the handler when a URL is called. It models the tunnel and the funnel independently of `candidateUrls`,
 * so that a test can compare the two.
 */
import { type IngressSource, ingressRules } from "./ingress.ts";
import { isHubRule } from "./live-tunnel.ts";

/**
 * The request targets (path and query) under which a call of a URL may reach the handler: none if no host sends it there, two if it is unknown
 * whether the funnel strips its mount.
 */
export function deliver(manifest: IngressSource, url: string): string[] {
  const { origin, hostname, pathname } = new URL(url);
  // A fragment never leaves the caller. A query travels verbatim, but `URL` would rewrite it.
  const query = /^[^?#]*(\?[^#]*)?/.exec(url)?.[1] ?? "";
  const paths =
    origin === String(manifest.hosts.funnel.url)
      ? overFunnel(manifest.hosts.funnel, pathname)
      : overTunnel(manifest, hostname, pathname);
  return [...new Set(paths)].map((path) => `${path}${query}`);
}

/**
 * cloudflared: the first rule whose hostname and path match takes the request. It compares the path with its percent-encoding resolved, and delivers
 * it as it came.
 */
function overTunnel(manifest: IngressSource, hostname: string, pathname: string): string[] {
  const path = decoded(pathname);
  if (path === undefined) return [];
  for (const rule of ingressRules(manifest)) {
    if (rule.hostname !== undefined && rule.hostname !== hostname) continue;
    // The hub's own rules come first, so no rule after a sibling's or the catch-all is the hub's.
    if (!isHubRule(manifest, rule)) return [];
    if (rule.path === undefined || new RegExp(rule.path).test(path)) return [pathname];
  }
  return [];
}

/** The decoded path, or undefined if it is not UTF-8 or not well encoded: none of the hub's rules matches such a path. */
function decoded(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}

/**
 * tailscaled: walks from the path up to the root until it finds a mount, cuts the mount off, and joins the rest to the target's path.
 * If the rest is empty and the target has no path, the request line still needs a path: `/`.
 */
function overFunnel(funnel: IngressSource["hosts"]["funnel"], pathname: string): string[] {
  let mount = pathname.replace(/\/+$/, "");
  while (mount !== "" && !funnel.mounts.some((known) => known === mount))
    mount = mount.slice(0, mount.lastIndexOf("/"));
  if (mount === "") return [];
  const rest = pathname.slice(mount.length);
  const targets = { stripped: [""], whole: [mount], unprobed: ["", mount] }[funnel.prefix];
  return targets.map((target) => `${target}${rest}` || "/");
}
