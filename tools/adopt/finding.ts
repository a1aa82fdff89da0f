/** The result of a comparison of a config with the live accounts. */
import type { z } from "zod";
import { canonicalJson } from "../../hub/values/canonical-json.ts";
import { keyOf } from "./adoptable.ts";

/** A key of the config with its configured and its live value. */
export interface Finding {
  /** For messages, for example `hub:cloudflare.tunnelId`. */
  readonly key: string;
  /** The path below the map `config`. */
  readonly path: readonly (string | number)[];
  /** Undefined if the config does not have the key. */
  readonly configured: unknown;
  /** Undefined if the tunnel has no settings of its own. */
  readonly live: unknown;
  readonly state: "missing" | "same" | "differs";
}

/** The findings of a comparison, and its rest. */
export interface Comparison {
  readonly findings: readonly Finding[];
  /** A line for each difference that a person must resolve. */
  readonly left: readonly string[];
}

/** Compares a key of the config with its live value. */
export function finding(path: readonly [string, ...(string | number)[]], configured: unknown, live: unknown): Finding {
  const isSame = canonicalJson({ value: configured }) === canonicalJson({ value: live });
  const state = isSame ? "same" : configured === undefined ? "missing" : "differs";
  const [first, ...rest] = path;
  return { key: keyOf(path), path: [`hub:${first}`, ...rest], configured, live, state };
}

/** The reasons why a rule or a setting cannot be declared, in one line. */
export function reasonOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => [path.slice(3).join("."), message].filter((part) => part !== "").join(": "))
    .join("; ");
}
