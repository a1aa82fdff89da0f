/**
 * The Tailscale Funnel's host and its mounts.
 * Sources: https://tailscale.com/kb/1311/tailscale-funnel and
 * https://github.com/tailscale/tailscale/blob/main/ipn/ipnlocal/serve.go (getServeHandler, reverseProxy), and measurements of a funnel.
 */
import { posix } from "node:path";

/** A mount, as `tailscale funnel --set-path=<path> <target>` makes it. */
export interface FunnelMount {
  readonly path: string;
  /** `http://127.0.0.1:<port>`, with or without a path. The rest of the requested path is appended to it. */
  readonly target: string;
}

/** Whether the mount's path is stripped from the delivered path, or arrives whole because the target repeats it. */
export type FunnelPrefix = "stripped" | "whole";

/** The destination of a request. */
export interface FunnelRoute {
  readonly origin: string;
  /** The delivered path. */
  readonly path: string;
}

/** A funnel's host and its mounts. */
export class Funnel {
  readonly host: string;
  mounts: readonly FunnelMount[] = [];
  readonly #origin: string;
  readonly #paths: readonly string[];

  /** Makes a funnel with a mount for each path, all to the same origin. */
  constructor(host: string, origin: string, paths: readonly string[], prefix: FunnelPrefix) {
    this.host = host;
    this.#origin = origin;
    this.#paths = paths;
    this.setPrefix(prefix);
  }

  /** Replaces every mount. Its target is the bare origin, or the origin with the mount's own path. */
  setPrefix(prefix: FunnelPrefix): void {
    this.mounts = this.#paths.map((path) => ({
      path,
      target: prefix === "whole" ? `${this.#origin}${path}` : this.#origin,
    }));
  }

  /**
   * Routes a path as tailscaled does: it goes from the cleaned path up to the root until it finds a mount, strips the mount from the
   * path as it arrived, and appends the rest to the target's path.
   *
   * @param path the path as in the request line, without the query
   * @returns the destination, or undefined if no mount covers the path; tailscaled answers 404 then
   */
  route(path: string): FunnelRoute | undefined {
    const mount = this.#mountOf(path);
    if (mount === undefined) return undefined;
    const prefix = mount.path.replace(/\/$/, "");
    if (!path.startsWith(prefix)) return undefined;
    const rest = path.slice(prefix.length);
    const { origin, pathname } = new URL(mount.target);
    const base = pathname === "/" ? "" : pathname;
    return { origin, path: `${base}${rest}` || "/" };
  }

  #mountOf(path: string): FunnelMount | undefined {
    let at = posix.normalize(path);
    if (at !== "/") at = at.replace(/\/$/, "");
    for (;;) {
      const found = this.mounts.find((mount) => mount.path === at || mount.path === `${at}/`);
      if (found !== undefined || at === "/" || at === ".") return found;
      at = posix.dirname(at);
    }
  }
}
