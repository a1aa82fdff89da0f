/** The flow that `npm run authorise` and `npm run rollback` share: their options, the change of the file, and the output. */
import type { HubConfig } from "../../hub/config/config.ts";
import { UserError } from "../cli/run-tool.ts";
import {
  type AuthorisationChange,
  authorisationJson,
  changeAuthorisation,
  describeAuthorisation,
  readAuthorisedStack,
  writeAuthorisation,
} from "./authorisation-file.ts";
import { requireStack, stackFile } from "./stack-config.ts";

/** The options that both commands take. */
export const AUTHORISATION_OPTIONS = {
  stack: { type: "string", short: "s" },
  by: { type: "string" },
  on: { type: "string" },
  "config-file": { type: "string" },
  "dry-run": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** The values of these options as the command line gave them. */
export interface AuthorisationOptions {
  readonly stack?: string | undefined;
  readonly by?: string | undefined;
  readonly on?: string | undefined;
  readonly "config-file"?: string | undefined;
  readonly "dry-run": boolean;
  readonly json: boolean;
}

/** The release that a command authorises. */
export interface ChosenRelease {
  /** `sha256:` and 64 hex digits. It is checked later, with the rest of the authorisation. */
  readonly release: string;
  /** The day or the time of the authorisation if `--on` is not given, in UTC. */
  readonly on: string;
  /** A line about the release for a person. */
  readonly note?: string;
  /** Completes the sentence "the next up …". */
  readonly effect: string;
}

/** The part in which the two commands differ. */
export interface AuthorisationCommand {
  /** A call of the command that names a stack, for the message about a missing one. */
  readonly example: string;
  /** Chooses the release for a stack's config. */
  choose(config: HubConfig): Promise<ChosenRelease>;
}

/**
 * Authorises a release in the stack's config file. With `dry-run` the file is not written.
 *
 * @returns the change, in words with a diff or as JSON
 * @throws UserError if the stack or the owner is missing, or if the authorisation would not count
 * @throws ConfigError naming every key of the stack's config that is wrong
 */
export async function runAuthorisation(
  { stack, by, ...options }: AuthorisationOptions,
  { example, choose }: AuthorisationCommand,
): Promise<string> {
  const name = requireStack(stack, example);
  if (by === undefined) {
    throw new UserError('--by is missing: say who authorises it, for example --by "Henry Hill"');
  }
  const authorised = await readAuthorisedStack(options["config-file"] ?? stackFile(name));
  const { release, note, effect, on } = await choose(authorised.config);
  const change = await changeAuthorisation(authorised, { release, by, on: options.on ?? on });
  const isDryRun = options["dry-run"];
  if (!isDryRun) await writeAuthorisation(change);
  if (options.json) return authorisationJson(change, isDryRun);
  const next = isDryRun
    ? "nothing was written; run it without --dry-run"
    : `${change.source} is written; the next npm run up -- --stack ${name} ${effect}`;
  return [describeAuthorisation(change), ...(note === undefined ? [] : [note]), closingLine(change, next)].join("\n");
}

function closingLine({ source, before, after }: AuthorisationChange, next: string): string {
  return after === before ? `${source} already says so; nothing was written` : next;
}
