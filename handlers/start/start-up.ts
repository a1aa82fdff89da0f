/** The server's start: its environment and its secrets. */
import type { Manifest } from "../../hub/manifest.ts";
import { type Credentials, resolveCredentials } from "./credentials.ts";
import { type Environment, readEnvironment, resolveEnvironment } from "./environment.ts";
import { allOf, ProblemsError } from "./problems.ts";
import { openVault } from "./vault.ts";

/** Everything that a server needs to start, with its secrets in memory. */
export interface StartUp {
  readonly environment: Environment;
  readonly credentials: Credentials;
}

/**
 * Reads the server's environment, and resolves its references and the manifest's in a single `op` call.
 *
 * @throws ProblemsError naming every missing or wrong variable, or every reference that cannot be read. No problem contains a secret
 */
export async function resolveStartUp(
  manifest: Manifest,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<StartUp> {
  const read = openVault(variables);
  const given = readEnvironment(variables, "server");
  const [environment, credentials] = await allOf(
    [resolveEnvironment(given, read), resolveCredentials(manifest.secrets, new Date(), read)],
    incomplete,
  );
  return { environment, credentials };
}

/** The error if the environment or a secret is missing or wrong. */
export function incomplete(problems: readonly string[], options: ErrorOptions): ProblemsError {
  return new ProblemsError("the handler's environment is wrong", problems, options);
}
