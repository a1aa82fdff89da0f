/** The signing keys that requests of the last hour named and that may not sign, in the memory of one process. */
import type { RefusedKey } from "../twilio/signature-settings.ts";

/** How often a key must be named within {@link WINDOW_MS} before people are told. */
const NAMED = 3;
const WINDOW_MS = 60 * 60_000;

/** The most keys that are remembered. Anybody can name any number of them, and Twilio names few: the key that was named longest ago is forgotten. */
const MOST_KEYS = 100;

/** The refused keys. Times are in milliseconds since 1970. */
export interface RefusedKeys {
  /** Remembers that a request named a key. */
  see(key: RefusedKey, now: number): void;
  /** The keys that people should be told of. */
  due(now: number): RefusedKey[];
  /** Counts a key from zero again. */
  forget(id: RefusedKey["id"]): void;
}

/** Starts without any key. */
export function rememberRefusedKeys(): RefusedKeys {
  const seen = new Map<RefusedKey["id"], { readonly key: RefusedKey; readonly times: readonly number[] }>();
  const recent = (times: readonly number[], now: number) => times.filter((time) => time > now - WINDOW_MS);
  return {
    see: (key, now) => {
      const times = [...recent(seen.get(key.id)?.times ?? [], now), now].slice(-NAMED);
      // The map's order is that of the last mention.
      seen.delete(key.id);
      seen.set(key.id, { key, times });
      const [oldest] = seen.keys();
      if (seen.size > MOST_KEYS && oldest !== undefined) seen.delete(oldest);
    },
    due: (now) => [...seen.values()].filter(({ times }) => recent(times, now).length >= NAMED).map(({ key }) => key),
    forget: (id) => void seen.delete(id),
  };
}
