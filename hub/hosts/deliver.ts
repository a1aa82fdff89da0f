/**
 * Delivery: what reaches the handler when somebody calls a URL. It is modelled from what the tunnel and the funnel do, apart from
 * `candidateUrls`, so that a test can hold one against the other.
 */
import { servicePort } from "../config/keys.ts";
import { type IngressSource, ingressRules } from "./ingress.ts";

/**
 * The request targets (path and query) as which a call of a URL may reach the handler: none where no host sends it there, two where it is
 * not known whether the funnel strips its mount.
 */
export function deliver(manifest: IngressSource, url: string): string[] {
  const { origin, hostname, pathname } = new URL(url);
  // A fragment never leaves the caller; a query travels verbatim, where `URL` would rewrite it.
  const query = /^[^?#]*(\?[^#]*)?/.exec(url)?.[1] ?? "";
  const paths =
    origin === String(manifest.hosts.funnel.url)
      ? overFunnel(manifest.hosts.funnel, pathname)
      : overTunnel(manifest, hostname, pathname);
  return [...new Set(paths)].map((path) => `${path}${query}`);
}

/** cloudflared: the first rule whose hostname and path match takes the request; the path arrives as it is. */
function overTunnel(manifest: IngressSource, hostname: string, pathname: string): string[] {
  for (const rule of ingressRules(manifest)) {
    if (rule.hostname !== undefined && rule.hostname !== hostname) continue;
    // The hub's own rules come first, so nothing behind a sibling's or the catch-all's can be the hub's.
    if (servicePort(rule.service) !== manifest.handler.port) return [];
    if (rule.path === undefined || new RegExp(rule.path).test(pathname)) return [pathname];
  }
  return [];
}

/**
 * tailscaled: walks from the path up to the root until a mount is found, cuts the mount off, and joins the rest to the target's path.
 * Where the rest is empty and the target has no path, the request line still needs one: `/`.
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
