/** An authorisation as it goes into a stack's config file, for `npm run authorise` and `npm run rollback`. */
import { parse } from "yaml";
import { z } from "zod";
import { Authorisation, authorisationProblem, staleAuthorisationProblem } from "../../hub/config/authorisation.ts";
import type { HubConfig } from "../../hub/config/config.ts";
import { parseConfig } from "../../hub/config/parse.ts";
import { dayOf } from "../../hub/guards/exceptions.ts";
import { UserError } from "../cli/run-tool.ts";
import { editedStackConfig, readStackText, writeStackText } from "./edit-stack-config.ts";
import { shownDiff } from "./line-diff.ts";
import { releasesFolder, spentProblem } from "./local-releases.ts";
import { readStackConfig } from "./stack-config.ts";

const KEY = "hub:authorisation";
const StackFile = z.object({ config: z.object({ [KEY]: Authorisation }) });

/** A stack's config, with where it stands. */
export interface AuthorisedStack {
  readonly file: string;
  readonly source: string;
  readonly config: HubConfig;
}

/** The change of the file. */
export interface AuthorisationChange {
  readonly file: string;
  readonly source: string;
  readonly authorisation: Authorisation;
  /** What stood there. */
  readonly replaces: Authorisation | undefined;
  readonly before: string;
  readonly after: string;
}

/**
 * Reads the whole config of a stack.
 *
 * @throws UserError where the file is missing
 * @throws ConfigError naming every key that is wrong
 */
export async function readAuthorisedStack(file: string): Promise<AuthorisedStack> {
  const { source, hub } = await readStackConfig(file);
  return { file, source, config: parseConfig(hub, source) };
}

/**
 * What an authorisation changes in the file. Nothing is written.
 *
 * @param authorisation as it was given; it is parsed here
 * @throws UserError where it would not count: a name that is no owner's, a wrong day or digest, or one whose attempt was made
 */
export async function changeAuthorisation(
  { file, source, config }: AuthorisedStack,
  authorisation: unknown,
): Promise<AuthorisationChange> {
  const today = dayOf(new Date());
  refuse(authorisationProblem(authorisation, { owners: config.owners, today }));
  const given = Authorisation.parse(authorisation);
  refuse(staleAuthorisationProblem(given.on, today));
  const { transport, handler } = config;
  if (transport.kind === "local") refuse(await spentProblem(releasesFolder(handler.releases), given));
  const before = await readStackText(file);
  const edits = Object.entries(given).map(([name, value]) => ({ path: [KEY, name], value }));
  const after = editedStackConfig(before, source, edits);
  // What is written is what the engine reads.
  StackFile.parse(parse(after));
  return { file, source, authorisation: given, replaces: config.authorisation, before, after };
}

/** Writes the change, where it is one. */
export async function writeAuthorisation({ file, before, after }: AuthorisationChange): Promise<void> {
  if (after !== before) await writeStackText(file, after);
}

/** The change in words and as a diff. */
export function describeAuthorisation({ source, authorisation, replaces, before, after }: AuthorisationChange): string {
  const { release, by, on } = authorisation;
  const lines = [
    `release     ${release}`,
    `authorised  by ${by} on ${on}`,
    `replaces    ${replaces === undefined ? "nothing" : `${replaces.release}, by ${replaces.by} on ${replaces.on}`}`,
  ];
  const diff = shownDiff(source, before, after);
  return diff === "" ? lines.join("\n") : `${lines.join("\n")}\n\n${diff}\n`;
}

/** The change for machines. */
export function authorisationJson(
  { source, authorisation, replaces, before, after }: AuthorisationChange,
  isDryRun: boolean,
): string {
  const written = !isDryRun && after !== before;
  return JSON.stringify({ file: source, ...authorisation, replaces: replaces ?? null, written }, null, 2);
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new UserError(`not authorised: ${problem}`);
}
