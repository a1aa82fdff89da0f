import type * as command from "@pulumi/command";
import type { Authorisation } from "../hub/authorisation.ts";
import { RESTART_SCRIPT } from "../hub/scripts/restart.ts";
import type { Transport } from "../hub/transport.ts";
import { declareCommand, type MachineOptions } from "./transport.ts";

interface RestartArgs {
  readonly transport: Transport;
  readonly authorisation: Authorisation;
  /** The folder of all releases. */
  readonly releases: string;
  /** The handler's name at PM2. */
  readonly process: string;
}

/**
 * Declares the restart that an authorisation allows. A new authorisation is a new restart; the same one is the same, and runs once. It may name
 * an earlier release that is still on the machine.
 */
export function declareRestart(
  { transport, authorisation: { release, by, on }, releases, process }: RestartArgs,
  options: MachineOptions,
): command.local.Command {
  const environment = {
    HUB_AUTHORISED_BY: by,
    HUB_AUTHORISED_ON: on,
    HUB_PROCESS: process,
    HUB_RELEASE: hexDigits(release),
    HUB_RELEASES: releases,
  };
  return declareCommand(
    "restart",
    transport,
    { create: RESTART_SCRIPT, environment, triggers: [release, by, on] },
    options,
  );
}

/** A digest without its `sha256:`. */
export function hexDigits(digest: string): string {
  return digest.replace("sha256:", "");
}

/**
 * What waits for a person, in words: a release that is staged and not authorised, or `nothing`.
 *
 * @param digest the staged release's
 */
export function waitingFor(
  digest: string,
  authorisation: Authorisation | undefined,
  { owners, stack }: { readonly owners: readonly string[]; readonly stack: string },
): string {
  if (authorisation?.release === digest) return "nothing";
  const names = owners.join(", ");
  return `${digest} waits for an authorisation by one of ${names} (npm run authorise -- --stack ${stack} --by NAME)`;
}
