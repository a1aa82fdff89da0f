import { z } from "zod";
import { HubKeys } from "../config/keys.ts";
import { parseKeys, SenderKeys } from "../config/parse.ts";
import { SiblingServices } from "../config/sibling.ts";
import { declaredGates } from "../gate/declared-gates.ts";
import { gatesOn, type SenderGates } from "../gate/gates-on.ts";
import type { Manifest } from "../manifest.ts";
import { ROUTES } from "../urls/routes.ts";
import { list, PlainText } from "../values/values.ts";

/** The part of a manifest that the maps draw. A config that lacks accounts, vault references or the siblings' rules has it too. */
export type MapSource = Pick<Manifest, "hosts" | "routes" | "numbers" | "openclaw"> & {
  readonly handler: Pick<Manifest["handler"], "port" | "process">;
  readonly siblings: readonly ({ readonly name: string } & SiblingServices)[];
  readonly gates: SenderGates;
};

const MapKeys = z.object({
  ...HubKeys.pick({ hosts: true, handler: true, openclaw: true }).shape,
  ...SenderKeys.shape,
  siblings: list(z.object({ name: PlainText, ...SiblingServices.shape }), "sibling handlers"),
});

/**
 * Reads the maps' part of a stack's config.
 *
 * @param raw the values by key, without the namespace
 * @param source the file's name, for messages
 * @param now the time whose gates are drawn
 * @throws ConfigError naming every key of that part that is missing or wrong
 */
export function parseMapSource(raw: unknown, source: string, now: Date): MapSource {
  const keys = parseKeys(MapKeys, raw, source);
  return { ...keys, routes: ROUTES, gates: gatesOn(declaredGates(keys), now) };
}
