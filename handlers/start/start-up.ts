/** What the server starts with. */
import type { Manifest } from "../../hub/manifest.ts";
import { type Credentials, resolveCredentials } from "./credentials.ts";
import { type Environment, readEnvironment, resolveEnvironment } from "./environment.ts";
import { allOf, ProblemsError } from "./problems.ts";
import { openVault } from "./vault.ts";

/** All that a server starts with, its secrets in memory. */
export interface StartUp {
  readonly environment: Environment;
  readonly credentials: Credentials;
}

/**
 * Reads the server's environment, and resolves its references and the manifest's with one `op` call.
 *
 * @throws ProblemsError naming every variable that is missing or wrong, or every reference that cannot be read; no problem holds a secret
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

/** The error of a host that lacks something. */
export function incomplete(problems: readonly string[], options: ErrorOptions): ProblemsError {
  return new ProblemsError("the handler's environment is wrong", problems, options);
}
