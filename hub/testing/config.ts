/** Configs and manifests with some values spoiled, shared by the tests. */
import { z } from "zod";
import { ConfigError, parseConfig } from "../config/parse.ts";
import { gatesOn, type SenderGates } from "../gate/gates-on.ts";
import { buildManifest, type Manifest } from "../manifest.ts";
import { ROUTES, type Route } from "../urls/routes.ts";
import { validConfig } from "./arbitrary-manifest.ts";

/** The file name in messages about the tests' configs. */
export const SOURCE = "Pulumi.test.yaml";

const Keys = z.record(z.string(), z.unknown());

/** Values by their dotted path in the config, like `siblings.0.rules`; undefined removes the key. An index after the last one appends. */
export type Changes = Readonly<Record<string, unknown>>;

/** A valid config with some values replaced. */
export function configWith(changes: Changes): Record<string, unknown> {
  return replacedAll(validConfig(), changes);
}

/** An object with some values replaced. */
export function replacedAll(whole: unknown, changes: Changes): Record<string, unknown> {
  const changed = Object.entries(changes).reduce<unknown>(
    (node, [path, value]) => replaced(node, path.split("."), value),
    whole,
  );
  return Keys.parse(changed);
}

/** The manifest of a valid config with some values replaced. */
export function manifestWith(changes: Changes = {}, routes: readonly Route[] = ROUTES): Manifest {
  return buildManifest(parseConfig(configWith(changes), SOURCE), routes);
}

/** A time at which the 20th of November 2026 has begun everywhere. */
export const NOW = new Date("2026-11-20T12:00:00Z");

/** The gates of a valid config with some values replaced, at {@link NOW} by default. */
export function gatesWith(changes: Changes = {}, now = NOW): SenderGates {
  return gatesOn(manifestWith(changes).gates, now);
}

/** The parser's message about a valid config with some values replaced. Fails if the parser accepts it. */
export function refusal(changes: Changes): string {
  return messageOf(() => parseConfig(configWith(changes), SOURCE));
}

/** The message of the ConfigError that a call throws. Fails if it throws none. */
export function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

function replaced(node: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(node)) return node.toSpliced(Number(key), 1, replaced(node[Number(key)], rest, value));
  const keys = Keys.parse(node);
  const { [key]: old, ...others } = keys;
  const changed = replaced(old, rest, value);
  return changed === undefined ? others : { ...keys, [key]: changed };
}
