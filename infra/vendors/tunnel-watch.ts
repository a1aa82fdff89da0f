/** Watches a tunnel's config while the provider replaces it, since the API keeps no earlier version of a config. */
import { setTimeout as pause } from "node:timers/promises";
import type { RawTunnel } from "../../hub/hosts/live-config.ts";

/** The pause before the second look, in milliseconds. Each further pause is half as long again. */
const FIRST_PAUSE_MS = 100;

/** The longest pause between two looks, in milliseconds: a minute has 30 looks, and Cloudflare allows 1,200 requests in five minutes. */
const LONGEST_PAUSE_MS = 2_000;

/** The time after which nobody is watched any more, in milliseconds. The provider tries a write for about three minutes. */
const LONGEST_WATCH_MS = 240_000;

/** A watch that was started. */
export interface TunnelWatch {
  /** Ends the watch. Returns every version that was seen, in their order, each once. */
  end(): Promise<readonly RawTunnel[]>;
}

/** Starts to watch. A look that fails is left out. */
export function watchTunnel(read: () => Promise<RawTunnel>): TunnelWatch {
  const seen = new Map<number, RawTunnel>();
  const ended = new AbortController();
  const looking = look(read, seen, ended.signal);
  return {
    end: async () => {
      ended.abort();
      await looking;
      return [...seen.values()].toSorted((one, other) => one.version - other.version);
    },
  };
}

async function look(read: () => Promise<RawTunnel>, seen: Map<number, RawTunnel>, signal: AbortSignal): Promise<void> {
  const end = Date.now() + LONGEST_WATCH_MS;
  for (let wait = FIRST_PAUSE_MS; !signal.aborted && Date.now() < end; wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS)) {
    const found = await read().catch(() => undefined);
    if (found !== undefined) seen.set(found.version, found);
    // If the write fails, nobody ends the watch: it must not keep the program alive.
    await pause(wait, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
