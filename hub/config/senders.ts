/** The keys of a config that may approve texts. Tools read them alone: any other key may be missing or wrong. */
import { z } from "zod";
import { declaredGates } from "../gate/declared-gates.ts";
import { gatesOn, type SenderGates } from "../gate/gates-on.ts";
import { HubKeys, type HubNumber } from "./keys.ts";
import { parseKeys } from "./parse.ts";

/** The schema of the keys that may approve texts. */
export const SenderKeys = z.object(HubKeys.pick({ numbers: true, owners: true, tendlc: true, tollfree: true }).shape);

/** The hub's numbers, and their gates at a time. */
export interface Senders {
  readonly numbers: readonly HubNumber[];
  readonly gates: SenderGates;
}

/**
 * Parses the numbers and their gates.
 *
 * @param now the time of the gates
 * @throws ConfigError naming every key that may approve texts and is missing or wrong
 */
export function parseSenders(raw: unknown, source: string, now: Date): Senders {
  const keys = parseKeys(SenderKeys, raw, source);
  return { numbers: keys.numbers, gates: gatesOn(declaredGates(keys), now) };
}
