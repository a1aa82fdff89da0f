/** Reads the part of a stack's config that `npm run adopt` needs or fills in. */
import { z } from "zod";
import { HubConfig } from "../../hub/config/config.ts";
import { SiblingServices } from "../../hub/config/sibling.ts";
import { E164, OpReference, PlainText } from "../../hub/values/values.ts";
import { UserError } from "../cli/run-tool.ts";
import { readStackConfig } from "../stack/stack-config.ts";

/** A value that adopt fills in. It may be missing or malformed, because it is only compared. */
const Filled = z.unknown().optional();

const Adoptable = z.object({
  hosts: HubConfig.shape.hosts,
  handler: HubConfig.shape.handler,
  numbers: z.array(z.looseObject({ number: E164, sid: Filled })),
  siblings: z.array(z.looseObject({ name: PlainText, ...SiblingServices.shape, rules: Filled })),
  cloudflare: z.looseObject({
    accountId: Filled,
    zoneId: Filled,
    tunnelId: Filled,
    tunnelName: PlainText,
    dnsRecordId: Filled,
    apiToken: OpReference,
    originRequest: Filled,
  }),
  twilio: z.looseObject({ accountSid: OpReference, authToken: OpReference }),
  signing: HubConfig.shape.signing,
  endpoints: HubConfig.shape.endpoints,
});
export type Adoptable = z.infer<typeof Adoptable>;

/**
 * Reads these keys of a stack's config file. Every other key may be missing.
 *
 * @throws UserError naming every key that is missing or wrong
 */
export async function readAdoptable(file: string): Promise<{ readonly source: string; readonly config: Adoptable }> {
  const { source, hub } = await readStackConfig(file);
  const { success, data, error } = Adoptable.safeParse(hub);
  if (success) return { source, config: data };
  const problems = error.issues.map(({ path, message }) => `${keyOf(path)}: ${message}`);
  throw new UserError(`${source}: ${problems.join("; ")}`);
}

/** A path in the config as messages write it: `hub:numbers[0].sid`. */
export function keyOf([first, ...rest]: readonly PropertyKey[]): string {
  const tail = rest.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return `hub:${String(first)}${tail}`;
}
