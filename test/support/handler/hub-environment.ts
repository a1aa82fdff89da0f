/** The environment of a handler in the test's own process. */

import { setLogLevel } from "../../../handlers/log/log.ts";
import { type Environment, readEnvironment, resolveEnvironment } from "../../../handlers/start/environment.ts";
import type { LoopbackCloud } from "../../../loopback/cloud.ts";
import { vaultValue } from "../../../tools/loopback/secrets.ts";

/** Resolves a handler's variables. References are read from the cloud's vault, because `op` is not on PATH. Only errors are logged. */
export async function hubEnvironment(
  variables: Readonly<Record<string, string>>,
  cloud: Pick<LoopbackCloud, "vaultFile">,
): Promise<Environment> {
  const entries = Object.entries(variables).map(async ([name, value]) => [
    name,
    value.startsWith("op://") ? await vaultValue(cloud, value) : value,
  ]);
  const resolved = Object.fromEntries(await Promise.all(entries));
  const environment = await resolveEnvironment(readEnvironment({ ...resolved, LOG_LEVEL: "error" }, "server"));
  setLogLevel(environment.logLevel);
  return environment;
}
