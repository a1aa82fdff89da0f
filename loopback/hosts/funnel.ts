/**
 * The Tailscale Funnel's host and its mounts.
 * Sources: https://tailscale.com/kb/1311/tailscale-funnel and
 * https://github.com/tailscale/tailscale/blob/main/ipn/ipnlocal/serve.go (getServeHandler, reverseProxy); measured.
 */
import { posix } from "node:path";

/** One `tailscale funnel --set-path=<path> <target>`. */
export interface FunnelMount {
  readonly path: string;
  /** `http://127.0.0.1:<port>`, or with a path, to which what stands behind the mount is joined. */
  readonly target: string;
}

/** Whether the mount is cut off the path that is delivered, or arrives whole because the target repeats it. */
export type FunnelPrefix = "stripped" | "whole";

/** Where the funnel sends a request. */
export interface FunnelRoute {
  readonly origin: string;
  /** The path that is delivered. */
  readonly path: string;
}

/** The funnel's state. */
export class Funnel {
  readonly host: string;
  mounts: readonly FunnelMount[] = [];
  readonly #origin: string;
  readonly #paths: readonly string[];

  /** A funnel that sends the paths to the origin. */
  constructor(host: string, origin: string, paths: readonly string[], prefix: FunnelPrefix) {
    this.host = host;
    this.#origin = origin;
    this.#paths = paths;
    this.setPrefix(prefix);
  }

  /** Sets every mount up anew: with the bare origin as target, or with the mount's own path behind it. */
  setPrefix(prefix: FunnelPrefix): void {
    this.mounts = this.#paths.map((path) => ({
      path,
      target: prefix === "whole" ? `${this.#origin}${path}` : this.#origin,
    }));
  }

  /**
   * Where a path goes: tailscaled walks from the cleaned path up to the root until a mount is found, cuts the mount off the path as it
   * arrived, and joins the rest to the target's path. Undefined where no mount covers the path: that is a 404.
   *
   * @param path the path as it stands in the request line, without the query
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
