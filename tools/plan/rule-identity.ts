/** The identity of a list's items, so that an insertion does not make every later item look changed. */
import { z } from "zod";

/** A rule of the tunnel's ingress. It takes the requests of its hostname and path. */
const Rule = z.looseObject({ hostname: z.string().optional(), path: z.string().optional(), service: z.string() });

const CATCH_ALL = "catch-all";

/**
 * Returns the identity of each item in the list's order, like `webhook.reri.co ^/voice/status$`, or undefined if the items are not ingress rules. A
 * second rule for the same requests ends in ` #2`, so no two identities are equal.
 */
export function identitiesOf(list: readonly unknown[]): string[] | undefined {
  const rules = z.array(Rule).safeParse(list).data;
  if (rules === undefined) return undefined;
  const seen = new Map<string, number>();
  return rules.map(({ hostname, path }) => {
    const identity = [hostname, path].filter((part) => part !== undefined).join(" ") || CATCH_ALL;
    const count = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, count);
    return count === 1 ? identity : `${identity} #${count}`;
  });
}
