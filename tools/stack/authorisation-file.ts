/** Writes an authorisation into a stack's config file, for `npm run authorise` and `npm run rollback`. */
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

/** A stack's config and the file that holds it. */
export interface AuthorisedStack {
  /** The path of the config file. */
  readonly file: string;
  /** The file's name, for messages. */
  readonly source: string;
  readonly config: HubConfig;
}

/** A change of the config file. */
export interface AuthorisationChange {
  readonly file: string;
  readonly source: string;
  readonly authorisation: Authorisation;
  /** The authorisation that the file had before. */
  readonly replaces: Authorisation | undefined;
  /** The file's text before the change. */
  readonly before: string;
  /** The file's text after the change. */
  readonly after: string;
}

/**
 * Reads the whole config of a stack.
 *
 * @throws UserError if the file is missing
 * @throws ConfigError naming every key that is wrong
 */
export async function readAuthorisedStack(file: string): Promise<AuthorisedStack> {
  const { source, hub } = await readStackConfig(file);
  return { file, source, config: parseConfig(hub, source) };
}

/**
 * Works out how an authorisation changes the file, without writing it.
 *
 * @param authorisation is parsed here, so it may hold anything
 * @throws UserError if the authorisation would not count: the name is not an owner's, the day or the digest is wrong, or its attempt was already made
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
  // The engine must read the same values from the text.
  StackFile.parse(parse(after));
  return { file, source, authorisation: given, replaces: config.authorisation, before, after };
}

/** Writes the file if its text changes. */
export async function writeAuthorisation({ file, before, after }: AuthorisationChange): Promise<void> {
  if (after !== before) await writeStackText(file, after);
}

/** Describes the change in words and as a diff. */
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

/** The change as JSON. */
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
