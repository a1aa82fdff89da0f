/** Stand-ins for providers that all runs of a stack share: their vendors' SDKs take longer to load than a run needs them. */
import { z } from "zod";
import { UserError } from "../cli/run-tool.ts";
import type { PluginName } from "./plugins.ts";
import { type LoopbackWay, StandInPorts, type StandIns, startStandIns } from "./stand-in-process.ts";

/** The variable that names the ports of the shared stand-ins, in JSON. */
const SHARED_PROVIDERS = "LOOPBACK_PROVIDERS";

/**
 * The providers whose stand-ins take everything from the engine's calls. The other plugins take a run's environment: the language host passes it to
 * the program, the command provider to the scripts.
 */
const SHARED: readonly PluginName[] = ["cloudflare", "terraform-provider"];

const JsonPorts = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("not JSON");
      return z.NEVER;
    }
  })
  .pipe(StandInPorts);

/** Stand-ins for providers, for a stack's runs. */
export interface SharedProviders extends Pick<StandIns, "close"> {
  /** The variables that lead a run to them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the shared stand-ins for those of the missing plugins that can be shared. */
export async function startSharedProviders(missing: readonly PluginName[], way: LoopbackWay): Promise<SharedProviders> {
  const { ports, close } = await startStandIns(
    SHARED.filter((name) => missing.includes(name)),
    way,
  );
  return { environment: { [SHARED_PROVIDERS]: JSON.stringify(ports) }, close };
}

/**
 * Returns the ports of the shared stand-ins, from a run's environment. Empty if there are none.
 *
 * @throws UserError if the variable is malformed
 */
export function sharedProviders(environment: NodeJS.ProcessEnv): StandInPorts {
  const parsed = JsonPorts.safeParse(environment[SHARED_PROVIDERS] ?? "{}");
  if (parsed.success) return parsed.data;
  throw new UserError(`${SHARED_PROVIDERS}: it does not name ports; remove it from the environment`);
}
